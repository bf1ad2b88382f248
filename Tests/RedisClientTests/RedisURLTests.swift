import Testing

@testable import RedisClient

@Suite struct RedisURLTests {
    @Test func readsHostPortUserAndDatabase() throws {
        let url = try RedisURL("redis://ops:s%40cret@redis.example.com:7000/3")
        #expect(url.address == .tcp(host: "redis.example.com", port: 7000))
        #expect(url.user == "ops")
        #expect(url.password == "s@cret")
        #expect(url.database == 3)
    }

    @Test func hasTheUsualDefaults() throws {
        let url = try RedisURL("redis://localhost")
        #expect(url.address == .tcp(host: "localhost", port: 6379))
        #expect(url.user == nil)
        #expect(url.password == nil)
        #expect(url.database == 0)
        #expect(try RedisURL("redis://:secret@localhost/").password == "secret")
        #expect(try RedisURL("redis://:p:w@localhost/").password == "p:w")
    }

    @Test func readsIPv6() throws {
        #expect(try RedisURL("redis://[::1]:7000").address == .tcp(host: "::1", port: 7000))
        #expect(try RedisURL("redis://[::1]").address == .tcp(host: "::1", port: 6379))
    }

    @Test func readsWhetherItUsesTLS() throws {
        let url = try RedisURL("rediss://ops:pass@localhost:6380/2")
        #expect(url.usesTLS && url.address == .tcp(host: "localhost", port: 6380) && url.database == 2)
        #expect(try !RedisURL("redis://localhost").usesTLS)
        #expect(
            RedisCLILine.text(url, ["PING"], tls: ["--cacert", "ca.pem"])
                == "redis-cli -h localhost -p 6380 --tls --cacert ca.pem -n 2 --user ops --askpass PING")
    }

    @Test func readsUnixSockets() throws {
        let url = try RedisURL("redis+unix://:secret@/run/a@b/redis.sock?db=2")
        #expect(url.address == .unixSocket(path: "/run/a@b/redis.sock"))
        #expect(url.password == "secret")
        #expect(url.database == 2)
        #expect(try RedisURL("redis+unix:///run/a@b.sock").password == nil)
    }

    @Test(arguments: [
        "", "localhost:6379", "http://localhost", "rediss://", "redis://", "redis://host:0", "redis://host:x",
        "redis://host/x", "redis://host/-1", "redis://user@host", "redis://a:%zz@host", "redis+unix://relative",
        "redis+unix:///s?x=1",
    ])
    func refusesWhatItCanNotUse(_ text: String) {
        let error = #expect(throws: RedisError.self) { try RedisURL(text) }
        #expect(error?.code == .invalidURL)
        #expect(error?.message.contains("redis+unix:///path/to/socket") == true)
    }

    @Test func neverShowsThePassword() {
        for text in ["redis://u:hunter2@host:x/0", "redis+unix://u:hunter2@relative", "foo://u:hunter2@host"] {
            let error = #expect(throws: RedisError.self) { try RedisURL(text) }
            #expect(error?.message.contains("hunter2") == false)
        }
    }
}
