import Foundation
import HeadcountTesting
import TestSupport
import Testing

/// The redis-server that tests and the demo run on.
@Suite struct EmbeddedRedisTests {
    private func isRunning(_ id: pid_t) -> Bool { kill(id, 0) == 0 }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    @Test func answersOnAPrivateSocketWithTheShippedSettings() async throws {
        let redis = try await EmbeddedRedis.start()
        defer { redis.stop() }
        let cli = RedisCLI(redis)
        #expect(try await cli.run("PING") == "PONG")
        #expect(redis.url == "redis+unix://\(redis.socketPath)")
        #expect(redis.port == nil)
        let attributes = try FileManager.default.attributesOfItem(atPath: redis.directory)
        #expect(attributes[.posixPermissions] as? Int == 0o700)
        let shipped = [
            "port": "0", "save": "", "appendonly": "no", "set-max-intset-entries": "16384",
            "maxmemory-policy": "noeviction",
        ]
        for (name, value) in shipped {
            #expect(try await cli.run("CONFIG", "GET", name) == "\(name)\n\(value)")
        }
        #expect(try await cli.run("INFO", "server").contains("process_id:\(redis.processID)\r"))
    }

    @Test func listensOnTCPWhenAsked() async throws {
        var configuration = EmbeddedRedis.Configuration()
        configuration.tcp = true
        configuration.arguments = ["--maxmemory", "10mb"]
        let redis = try await EmbeddedRedis.start(configuration: configuration)
        defer { redis.stop() }
        let port = try #require(redis.port)
        let outcome = try await ChildProcess.run(["redis-cli", "-p", "\(port)", "CONFIG", "GET", "maxmemory"])
        #expect(outcome.output == "maxmemory\n10485760\n")
    }

    @Test func twoAtOnceAreSeparate() async throws {
        let first = try await EmbeddedRedis.start()
        let second = try await EmbeddedRedis.start()
        _ = try await RedisCLI(first).run("SET", "k", "first")
        #expect(try await RedisCLI(second).run("EXISTS", "k") == "0")
        first.stop()
        #expect(try await RedisCLI(second).run("PING") == "PONG")
        second.stop()
    }

    @Test(arguments: [false, true]) func stopLeavesNothing(isFrozen: Bool) async throws {
        let redis = try await EmbeddedRedis.start()
        if isFrozen { redis.freeze() }
        redis.stop()
        #expect(!isRunning(redis.processID))
        #expect(!exists(redis.directory))
        redis.stop()
    }

    @Test func endsWithItsLastReference() async throws {
        var redis: EmbeddedRedis? = try await EmbeddedRedis.start()
        let (id, directory) = try #require(redis.map { ($0.processID, $0.directory) })
        redis = nil
        #expect(!isRunning(id))
        #expect(!exists(directory))
    }

    @Test func frozenServerAnswersOnceThawed() async throws {
        let redis = try await EmbeddedRedis.start()
        defer { redis.stop() }
        redis.freeze()
        await #expect(throws: ChildProcess.TimedOut.self) {
            let ping = ["redis-cli", "-s", redis.socketPath, "PING"]
            return try await ChildProcess.run(ping, within: .milliseconds(300))
        }
        redis.thaw()
        #expect(try await RedisCLI(redis).run("PING") == "PONG")
    }

    @Test func callersDirectoryKeepsItsDataUntilTheNextStart() async throws {
        var configuration = EmbeddedRedis.Configuration()
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "hc-\(UInt32.random(in: 0...UInt32.max))")
        defer { try? FileManager.default.removeItem(at: directory) }
        configuration.directory = directory.path
        // Saved by a server that is told to end, not by one that is killed.
        configuration.arguments = ["--save", "3600", "1"]
        let first = try await EmbeddedRedis.start(configuration: configuration)
        _ = try await RedisCLI(first).run("SET", "k", "kept")
        first.freeze()
        first.stop()
        #expect(!isRunning(first.processID))
        let second = try await EmbeddedRedis.start(configuration: configuration)
        defer { second.stop() }
        #expect(try await RedisCLI(second).run("GET", "k") == "kept")
    }

    /// Two servers on the same append-only file would ruin it.
    @Test func aDirectoryInUseIsRefused() async throws {
        var configuration = EmbeddedRedis.Configuration()
        let directory = FileManager.default.temporaryDirectory.appending(
            path: "hc-\(UInt32.random(in: 0...UInt32.max))")
        defer { try? FileManager.default.removeItem(at: directory) }
        configuration.directory = directory.path
        let first = try await EmbeddedRedis.start(configuration: configuration)
        defer { first.stop() }
        let error = await #expect(throws: EmbeddedRedisError.self) {
            try await EmbeddedRedis.start(configuration: configuration)
        }
        #expect(error?.description.contains("in use") == true)
        #expect(try await RedisCLI(first).run("PING") == "PONG")
    }

    @Test func terminalsInterruptDoesNotReachIt() async throws {
        let redis = try await EmbeddedRedis.start()
        defer { redis.stop() }
        #expect(getsid(redis.processID) != getsid(0))
    }

    @Test func holdsNoDescriptorsOfItsParent() async throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let redis = try await EmbeddedRedis.start()
        defer { redis.stop() }
        close(ends[1])
        var watched = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
        #expect(poll(&watched, 1, 2_000) == 1)
        #expect(watched.revents & Int16(POLLHUP) != 0)
    }

    @Test func saysWhatToInstall() async throws {
        var configuration = EmbeddedRedis.Configuration()
        configuration.executable = "no-such-redis-server"
        let error = await #expect(throws: EmbeddedRedisError.self) {
            try await EmbeddedRedis.start(configuration: configuration)
        }
        #expect(
            error?.description
                == "no-such-redis-server is not installed; install it (Debian: apt-get install redis-server)")
    }

    @Test func saysWhyItDidNotStart() async throws {
        var configuration = EmbeddedRedis.Configuration()
        configuration.arguments = ["--no-such-setting", "1"]
        let error = await #expect(throws: EmbeddedRedisError.self) {
            try await EmbeddedRedis.start(configuration: configuration)
        }
        #expect(error?.description.contains("Bad directive or wrong number of arguments") == true)
    }

    @Test func clockStartsWhereItIsTold() async throws {
        let newYear = 1_798_761_600
        #expect(try await time(on: .starting(at: newYear)) - newYear < 60)
        let ahead = try await time(on: .shifted(by: 86_400)) - Int(Date().timeIntervalSince1970)
        #expect((86_340...86_460).contains(ahead))
    }

    private func time(on clock: ShiftedClock) async throws -> Int {
        var configuration = EmbeddedRedis.Configuration()
        configuration.environment = clock.environment
        let redis = try await EmbeddedRedis.start(configuration: configuration)
        defer { redis.stop() }
        return try await time(of: redis)
    }

    private func time(of redis: EmbeddedRedis) async throws -> Int {
        try #require(Int(try await RedisCLI(redis).run("TIME").prefix { $0 != "\n" }))
    }

    @Test func movableClockMovesARunningServersTime() async throws {
        let clock = try ShiftedClock.movable()
        var configuration = EmbeddedRedis.Configuration()
        configuration.environment = clock.environment
        let redis = try await EmbeddedRedis.start(configuration: configuration)
        defer { redis.stop() }
        let lastOfNovember = 1_796_083_199
        try clock.set(to: lastOfNovember)
        #expect((0..<60).contains(try await time(of: redis) - lastOfNovember))
        _ = try await RedisCLI(redis).run("SET", "k", "v", "EX", "3600")
        try clock.advance(by: 86_400)
        #expect((86_400..<86_460).contains(try await time(of: redis) - lastOfNovember))
        #expect(try await RedisCLI(redis).run("EXISTS", "k") == "0")
    }
}

/// The real programs that tests run.
@Suite struct ChildProcessTests {
    @Test func sixteenAtOnceTalkStepByStepAndEnd() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<16 {
                group.addTask {
                    let child = try ChildProcess(
                        ["sh", "-c", "while read l; do echo got $l; done; exit 3"], input: nil)
                    var lines = child.lines.makeAsyncIterator()
                    for step in 0..<5 {
                        try child.write("\(number).\(step)\n")
                        #expect(try await lines.next() == "got \(number).\(step)")
                    }
                    child.closeInput()
                    #expect(try await lines.next() == nil)
                    #expect(try await child.wait(within: .seconds(30)).status == 3)
                }
            }
            try await group.waitForAll()
        }
    }

    @Test func bigOutputsAreCollectedFromBothStreams() async throws {
        let script = "head -c 5000000 /dev/zero; head -c 5000000 /dev/zero >&2; cat"
        let outcome = try await ChildProcess.run(["sh", "-c", script], input: Data("end".utf8))
        #expect(outcome.output.utf8.count == 5_000_003)
        #expect(outcome.errors.utf8.count == 5_000_000)
    }

    @Test func signalsEndIt() async throws {
        let child = try ChildProcess(["sleep", "60"])
        child.signal(SIGTERM)
        #expect(try await child.wait(within: .seconds(30)).status == 128 + SIGTERM)
    }

    @Test func lateChildIsKilled() async throws {
        let child = try ChildProcess(["sh", "-c", "echo waiting >&2; exec sleep 60"])
        let error = await #expect(throws: ChildProcess.TimedOut.self) {
            try await child.wait(within: .milliseconds(500))
        }
        #expect(error?.errors == "waiting\n")
        #expect(kill(child.processID, 0) != 0)
    }

    @Test func forgottenChildIsKilled() throws {
        var child: ChildProcess? = try ChildProcess(["sleep", "60"])
        let id = try #require(child?.processID)
        child = nil
        #expect(kill(id, 0) != 0)
    }

    @Test func writingToAnEndedChildThrows() async throws {
        let child = try ChildProcess(["true"], input: nil)
        _ = try await child.wait()
        // Eventually: a child that starts at this moment has copies of all descriptors until its `exec`.
        #expect(try await eventually { (try? child.write("hello\n")) == nil })
    }
}
