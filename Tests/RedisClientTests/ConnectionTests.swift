import EmbeddedRedis
import Foundation
import NIOCore
import TestSupport
import Testing

@testable import RedisClient

/// The client against a real redis-server.
@Suite struct ConnectionTests {
    private func withRedis(
        _ configuration: EmbeddedRedis.Configuration = .init(), options: RedisOptions = .init(),
        _ body: (RedisClient, EmbeddedRedis) async throws -> Void
    ) async throws {
        let redis = try await EmbeddedRedis.start(configuration: configuration)
        defer { redis.stop() }
        let client = RedisClient(url: try RedisURL(redis.url), options: options)
        try await body(client, redis)
        client.close()
    }

    private var soon: NIODeadline { .now() + .seconds(10) }

    @Test func repliesFindTheirCallersAmongThousands() async throws {
        var options = RedisOptions()
        options.connections = 3
        try await withRedis(options: options) { client, _ in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<5_000 {
                    group.addTask {
                        let reply = try await client.send(["ECHO", "m\(number)"], deadline: .now() + .seconds(30))
                        #expect(reply.text == "m\(number)")
                    }
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func speaksOverTCPWithDatabaseUserAndName() async throws {
        var configuration = EmbeddedRedis.Configuration()
        configuration.tcp = true
        configuration.arguments = ["--user", "ops", "on", ">s@cret", "~*", "+@all"]
        try await withRedis(configuration) { _, redis in
            let port = try #require(redis.port)
            var options = RedisOptions()
            options.clientName = "worker-7"
            let client = RedisClient(url: try RedisURL("redis://ops:s%40cret@127.0.0.1:\(port)/5"), options: options)
            _ = try await client.send(["SET", "here", "5"], deadline: soon)
            #expect(try await RedisCLI(redis).run("-n", "5", "GET", "here") == "5")
            let list = try await RedisCLI(redis).run("CLIENT", "LIST")
            #expect(list.contains("name=worker-7 ") && list.contains(" user=ops "))
            client.close()
        }
    }

    @Test func wrongPasswordIsSaidAtOnce() async throws {
        try await withRedis { _, redis in
            let client = RedisClient(url: try RedisURL("redis+unix://:wrong@\(redis.socketPath)"))
            let started = ContinuousClock.now
            let error = await #expect(throws: RedisError.self) { try await client.send(["PING"], deadline: soon) }
            #expect(error?.code == .handshakeRefused)
            #expect(error?.mayHaveExecuted == false)
            #expect(ContinuousClock.now - started < .seconds(5))
            client.close()
        }
    }

    @Test func nobodyThere() async throws {
        let client = RedisClient(url: try RedisURL("redis+unix:///nowhere/redis.sock"))
        let fast = await #expect(throws: RedisError.self) {
            try await client.send(["PING"], deadline: soon, failsFast: true)
        }
        #expect(fast?.code == .connectionFailed)
        let late = await #expect(throws: RedisError.self) {
            try await client.send(["PING"], deadline: .now() + .milliseconds(100))
        }
        #expect(late?.code == .timedOut)
        #expect(late?.message.contains("no such socket") == true)
        #expect(late?.mayHaveExecuted == false)
        client.close()
    }

    @Test func frozenServerTimesOutAndMayHaveExecuted() async throws {
        try await withRedis { client, redis in
            _ = try await client.send(["PING"], deadline: soon)
            redis.freeze()
            let error = await #expect(throws: RedisError.self) {
                try await client.send(["INCR", "n"], deadline: .now() + .milliseconds(200))
            }
            #expect(error?.code == .timedOut)
            #expect(error?.mayHaveExecuted == true)
            redis.thaw()
            // It did run; and the late reply goes to nobody else.
            #expect(try await client.send(["GET", "n"], deadline: soon).text == "1")
        }
    }

    @Test func cancelledCallersHarmNobody() async throws {
        try await withRedis { client, redis in
            _ = try await client.send(["PING"], deadline: soon)
            redis.freeze()
            let tasks = (0..<200).map { number in
                Task { try await client.send(["ECHO", "\(number)"], deadline: .now() + .seconds(30)) }
            }
            try await Task.sleep(for: .milliseconds(50))
            for (number, task) in tasks.enumerated() where number.isMultiple(of: 2) { task.cancel() }
            for (number, task) in tasks.enumerated() where number.isMultiple(of: 2) {
                let error = await #expect(throws: RedisError.self) { try await task.value }
                #expect(error?.code == .cancelled)
            }
            redis.thaw()
            for (number, task) in tasks.enumerated() where !number.isMultiple(of: 2) {
                #expect(try await task.value.text == "\(number)")
            }
            #expect(try await RedisCLI(redis).run("CLIENT", "LIST", "TYPE", "NORMAL").contains("name=headcount "))
        }
    }

    @Test func connectsAgainAfterItsConnectionWasKilled() async throws {
        try await withRedis { client, redis in
            for number in 0..<20 {
                #expect(try await client.send(["ECHO", "\(number)"], deadline: soon).text == "\(number)")
                _ = try await RedisCLI(redis).run("CLIENT", "KILL", "TYPE", "normal")
                // The client may notice only when it writes: then the call says that it may have run.
                do {
                    _ = try await client.send(["PING"], deadline: soon)
                } catch let error as RedisError {
                    #expect(error.code == .connectionLost)
                }
            }
        }
    }

    @Test func waitingCommandsAreSentWhenTheServerComesBack() async throws {
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "hc-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        var configuration = EmbeddedRedis.Configuration()
        configuration.directory = directory.path
        configuration.arguments = ["--appendonly", "yes", "--appendfsync", "always"]
        let first = try await EmbeddedRedis.start(configuration: configuration)
        let client = RedisClient(url: try RedisURL(first.url))
        _ = try await client.send(["SET", "k", "kept"], deadline: soon)
        first.stop()
        async let waiting = client.send(["GET", "k"], deadline: .now() + .seconds(20))
        let second = try await EmbeddedRedis.start(configuration: configuration)
        defer { second.stop() }
        do {
            #expect(try await waiting.text == "kept")
        } catch let error as RedisError {
            // Written to a socket that was just closing, or to a server that has just started.
            #expect([.connectionLost, .server("LOADING")].contains(error.code))
            #expect(try await client.send(["GET", "k"], deadline: soon).text == "kept")
        }
        client.close()
    }

    @Test func scriptRunsByHashAndOnceBySource() async throws {
        try await withRedis { client, redis in
            let script = RedisScript(name: "test", source: "return redis.call('INCRBY', KEYS[1], ARGV[1])")
            for number in 1...3 {
                let reply = try await client.run(
                    script, ScriptCall(keys: ["n"], arguments: ["2"]), deadline: soon)
                #expect(reply == .integer(2 * number))
                if number == 2 { _ = try await RedisCLI(redis).run("SCRIPT", "FLUSH") }
            }
            let stats = try await RedisCLI(redis).run("INFO", "commandstats")
            #expect(stats.contains("cmdstat_eval:calls=2,"))
        }
    }

    @Test func hashIsTheOneRedisComputes() async throws {
        try await withRedis { _, redis in
            let source = "return 'ö' .. ARGV[1]"
            let hash = try await RedisCLI(redis).run("SCRIPT", "LOAD", source)
            #expect(hash == RedisScript(name: "test", source: source).hash)
        }
    }

    @Test func errorReplyIsThrownWithItsCode() async throws {
        try await withRedis { client, _ in
            _ = try await client.send(["SET", "k", "v"], deadline: soon)
            let error = await #expect(throws: RedisError.self) {
                try await client.send(["SADD", "k", "v"], deadline: soon)
            }
            #expect(error?.code == .server("WRONGTYPE"))
        }
    }

    @Test func argumentsOfAnyLengthAndContentArrive() async throws {
        try await withRedis { client, _ in
            for text in ["", "\r\n", "é\u{0}x", String(repeating: "long ", count: 200_000)] {
                let reply = try await client.send(["ECHO", text], deadline: soon)
                #expect(reply.text == text)
            }
        }
    }

    @Test func closedClientRefuses() async throws {
        try await withRedis { client, _ in
            _ = try await client.send(["PING"], deadline: soon)
            client.close()
            let error = await #expect(throws: RedisError.self) { try await client.send(["PING"], deadline: soon) }
            #expect(error?.code == .closed)
        }
    }
}
