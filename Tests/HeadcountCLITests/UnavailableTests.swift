import EmbeddedRedis
import Foundation
import TestSupport
import Testing

/// R14: whatever keeps Redis from answering, the command ends within its timeout, with status 69 and one line that says
/// what is wrong; never with a refusal.
@Suite struct UnavailableTests {
    private func expectUnavailable(
        _ program: HeadcountProgram, timeout: Int = 2, saying text: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws {
        let outcome = try await program.run(
            "activate", "acct", "--by", "campaign:x", "ann", "--timeout", "\(timeout)", within: .seconds(30))
        #expect(outcome.status == 69, "\(outcome.errors)", sourceLocation: sourceLocation)
        #expect(outcome.output == "", sourceLocation: sourceLocation)
        #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)", sourceLocation: sourceLocation)
        #expect(outcome.errors.contains(text), "\(outcome.errors)", sourceLocation: sourceLocation)
    }

    @Test func nobodyListens() async throws {
        try await expectUnavailable(HeadcountProgram(url: "redis://127.0.0.1:1"), saying: "connection refused")
        try await expectUnavailable(HeadcountProgram(url: "redis+unix:///nowhere/redis.sock"), saying: "no such socket")
        try await expectUnavailable(
            HeadcountProgram(url: "redis://no-such-host.invalid"), saying: "host name can't be resolved")
    }

    @Test func wrongPassword() async throws {
        var configuration = EmbeddedRedis.Configuration()
        configuration.arguments = ["--requirepass", "right"]
        try await withProgram(configuration) { program, redis in
            try await expectUnavailable(
                HeadcountProgram(url: "redis+unix://:wrong@\(redis.socketPath)"), saying: "refused the user or password"
            )
            try await expectUnavailable(program, saying: "wants a user and password")
        }
    }

    @Test func userWithoutPermission() async throws {
        try await withProgram { _, redis in
            _ = try await RedisCLI(redis).run("ACL", "SETUSER", "weak", "on", ">pw", "~*", "+@all", "-evalsha")
            try await expectUnavailable(
                HeadcountProgram(url: "redis+unix://weak:pw@\(redis.socketPath)"), saying: "'evalsha'")
            _ = try await RedisCLI(redis).run("ACL", "SETUSER", "reader", "on", ">pw", "~*", "+@all", "-sadd")
            try await expectUnavailable(
                HeadcountProgram(url: "redis+unix://reader:pw@\(redis.socketPath)"), saying: "does not permit")
        }
    }

    @Test func readOnlyReplica() async throws {
        try await withProgram { program, redis in
            // A primary that is not there: the replica answers, and takes no writes.
            _ = try await RedisCLI(redis).run("REPLICAOF", "127.0.0.1", "1")
            try await expectUnavailable(program, saying: "read-only replica")
        }
    }

    @Test func memoryIsFull() async throws {
        try await withProgram { program, redis in
            _ = try await program.run("activate", "acct", "--by", "campaign:x", "member")
            _ = try await RedisCLI(redis).run("CONFIG", "SET", "maxmemory", "1")
            try await expectUnavailable(program, saying: "out of memory")
            // Who is counted needs no memory.
            let member = try await program.run("activate", "acct", "--by", "campaign:x", "member")
            #expect(member.output == "member\talready_activated\n")
        }
    }

    /// Shorter and longer than the time in which a new connection must answer.
    @Test(arguments: [1, 4]) func serverIsFrozen(timeout: Int) async throws {
        try await withProgram { program, redis in
            redis.freeze()
            try await expectUnavailable(program, timeout: timeout, saying: "no answer from")
        }
    }

    @Test func serverFreezesInTheMiddle() async throws {
        try await withProgram { program, redis in
            let worker = try program.start(["activate", "acct", "--by", "campaign:x", "--from", "-", "--timeout", "1"])
            try worker.write("ann\n")
            #expect(try await eventually { worker.outputSoFar == "ann\tactivated\n" })
            redis.freeze()
            try worker.write("bob\n")
            let outcome = try await worker.wait(within: .seconds(30))
            #expect(outcome.status == 69)
            #expect(outcome.output == "ann\tactivated\n")
            #expect(outcome.errors.contains("no answer from"))
        }
    }

    /// Each key of the file takes the server a while to load.
    @Test func serverIsLoading() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "hc-load-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var configuration = EmbeddedRedis.Configuration()
        configuration.directory = folder.path
        try await withProgram(configuration) { _, redis in
            let cli = RedisCLI(redis)
            _ = try await cli.run("EVAL", "for i = 1, 20000 do redis.call('SET', 'k' .. i, i) end", "0")
            #expect(try await cli.run("SAVE") == "OK")
        }
        let socket = folder.appending(path: "loading.sock").path
        let server = try ChildProcess([
            "redis-server", "--port", "0", "--unixsocket", socket, "--dir", folder.path,
            "--key-load-delay", "1000", "--loading-process-events-interval-bytes", "1024",
        ])
        defer { server.signal(SIGKILL) }
        #expect(try await eventually { FileManager.default.fileExists(atPath: socket) })
        try await expectUnavailable(HeadcountProgram(url: "redis+unix://\(socket)"), saying: "still loading")
    }

    @Test func redisDownIsNoMatterForWhatCostsNothing() async throws {
        let outcome = try await HeadcountProgram(url: "redis://127.0.0.1:1")
            .run("activate", "acct", "--by", "segment:vip", "ann")
        #expect(outcome.status == 0)
        #expect(outcome.output == "ann\tnot_counted\n")
    }
}
