import Testing

@testable import RedisClient

@Suite struct RedisURLTests {
    @Test func readsHostPortUserAndDatabase() throws {
        let url = try RedisURL("redis://ops:s%40cret@redis.example.com:7000/3")
        #expect(url.topology == .standalone(.tcp(host: "redis.example.com", port: 7000)))
        #expect(url.user == "ops")
        #expect(url.password == "s@cret")
        #expect(url.database == 3)
    }

    @Test func hasTheUsualDefaults() throws {
        let url = try RedisURL("redis://localhost")
        #expect(url.topology == .standalone(.tcp(host: "localhost", port: 6379)))
        #expect(url.user == nil)
        #expect(url.password == nil)
        #expect(url.database == 0)
        #expect(try RedisURL("redis://:secret@localhost/").password == "secret")
        #expect(try RedisURL("redis://:p:w@localhost/").password == "p:w")
    }

    @Test func readsIPv6() throws {
        #expect(try RedisURL("redis://[::1]:7000").topology == .standalone(.tcp(host: "::1", port: 7000)))
        #expect(try RedisURL("redis://[::1]").topology == .standalone(.tcp(host: "::1", port: 6379)))
    }

    @Test func readsWhetherItUsesTLS() throws {
        let url = try RedisURL("rediss://ops:pass@localhost:6380/2")
        #expect(url.usesTLS && url.topology == .standalone(.tcp(host: "localhost", port: 6380)) && url.database == 2)
        #expect(try !RedisURL("redis://localhost").usesTLS)
        #expect(
            RedisCLILine.text(url, ["PING"], tls: ["--cacert", "ca.pem"])
                == "redis-cli -h localhost -p 6380 --tls --cacert ca.pem -n 2 --user ops --askpass PING")
    }

    @Test func readsUnixSockets() throws {
        let url = try RedisURL("redis+unix://:secret@/run/a@b/redis.sock?db=2")
        #expect(url.topology == .standalone(.unixSocket(path: "/run/a@b/redis.sock")))
        #expect(url.password == "secret")
        #expect(url.database == 2)
        #expect(try RedisURL("redis+unix:///run/a@b.sock").password == nil)
    }

    @Test func readsClusters() throws {
        let url = try RedisURL("rediss-cluster://ops:pass@a:7000,b,[::1]:7001/0")
        #expect(
            url.topology
                == .cluster(nodes: [
                    .tcp(host: "a", port: 7000), .tcp(host: "b", port: 6379), .tcp(host: "::1", port: 7001),
                ]))
        #expect(url.usesTLS && url.user == "ops" && url.description == "a:7000,b:6379,[::1]:7001")
        #expect(
            RedisCLILine.text(try RedisURL("redis-cluster://a:7000,b"), ["GET", "k"])
                == "redis-cli -c -h a -p 7000 GET k")
    }

    @Test func readsSentinels() throws {
        let url = try RedisURL("redis-sentinel://:pass@a:7000,b/my%20master?db=3")
        #expect(
            url.topology
                == .sentinel(
                    sentinels: [.tcp(host: "a", port: 7000), .tcp(host: "b", port: 26379)], master: "my master"))
        #expect(!url.usesTLS && url.password == "pass" && url.database == 3)
        #expect(
            RedisCLILine.text(url, ["GET", "k"], master: .tcp(host: "m", port: 1))
                == "redis-cli -h m -p 1 -n 3 --askpass GET k")
    }

    @Test(arguments: [
        "redis-cluster://", "redis-cluster://a,,b", "redis-cluster://a:x", "redis-cluster://a/3", "redis-sentinel://a",
        "redis-sentinel://a/", "redis-sentinel://a/m/n", "redis-sentinel://a/m?x=1", "redis-sentinel://a/m?db=x",
        "", "localhost:6379", "http://localhost", "rediss://", "redis://", "redis://host:0", "redis://host:x",
        "redis://host/x", "redis://host/-1", "redis://user@host", "redis://a:%zz@host", "redis+unix://relative",
        "redis+unix:///s?x=1", "redis://::1", "redis://a,b", "redis://host?db=1", "redis://[[a]]", "redis://a b",
        "redis://a\n",
    ])
    func refusesWhatItCanNotUse(_ text: String) {
        let error = #expect(throws: RedisError.self) { try RedisURL(text) }
        #expect(error?.code == .invalidURL)
        #expect(error?.message.contains("redis+unix:///path/to/socket") == true)
    }

    @Test func neverShowsThePassword() {
        for text in [
            "redis://u:hunter2@host:x/0", "redis+unix://u:hunter2@relative", "foo://u:hunter2@host",
            "u:hunter2@redis://host", "u:hunter2://x@host", "redis://u:hunter2@\u{301}host/0",
        ] {
            let error = #expect(throws: RedisError.self) { try RedisURL(text) }
            #expect(error?.message.contains("hunter2") == false)
        }
    }
}
