import EmbeddedRedis
import Foundation
import HeadcountTesting
import TestSupport
import Testing

@testable import Headcount

/// A Redis that is gone costs its callers no time once it has let others wait in vain.
@Suite struct SilenceTests {
    @Test(arguments: [false, true]) func aThousandCallsCostOneDeadline(isFrozen: Bool) async throws {
        try await withLimiter(timeout: .seconds(2)) { limiter, redis in
            _ = try await limiter.activate("ann", in: "a", by: .campaign("x"))
            if isFrozen { redis.freeze() } else { redis.stop() }
            let started = ContinuousClock.now
            var messages: Set<String> = []
            for number in 0..<1_000 {
                do {
                    _ = try await limiter.activate("c\(number)", in: "a", by: .campaign("x"))
                    Issue.record("activated without Redis")
                } catch let error as HeadcountError {
                    #expect(error.code == .unavailable && error.isRetriable)
                    if error.message.contains("no sign of life") { messages.insert("silent") }
                }
            }
            #expect(ContinuousClock.now - started < .seconds(20), "a hundredth of 1,000 deadlines")
            #expect(messages == ["silent"])
            if isFrozen {
                redis.thaw()
                #expect(
                    try await eventually {
                        (try? await limiter.activate("bob", in: "a", by: .campaign("x")))?.verdict.isAdmitted == true
                    })
            }
        }
    }

    /// Nor has a process ever found out who the masters are.
    @Test(arguments: ["redis-cluster://127.0.0.1:PORT", "redis-sentinel://127.0.0.1:PORT/main"])
    func aDeploymentThatWasNeverThereCostsOneDeadline(url: String) async throws {
        var server = EmbeddedRedis.Configuration()
        server.tcp = true
        let redis = try await EmbeddedRedis.start(configuration: server)
        let port = try #require(redis.port)
        redis.stop()
        var configuration = LimiterConfiguration()
        configuration.timeout = .seconds(2)
        let limiter = try Limiter(url: url.replacing("PORT", with: String(port)), configuration: configuration)
        let started = ContinuousClock.now
        for number in 0..<1_000 {
            await #expect(throws: HeadcountError.self) {
                try await limiter.activate("c\(number)", in: "a", by: .campaign("x"))
            }
        }
        #expect(ContinuousClock.now - started < .seconds(20), "a hundredth of 1,000 deadlines")
        await limiter.close()
    }

    /// As before: who waits when it comes back within its time is served.
    @Test func shortTroubleIsMasked() async throws {
        try await withLimiter(timeout: .seconds(10)) { limiter, redis in
            _ = try await limiter.activate("ann", in: "a", by: .campaign("x"))
            redis.freeze()
            let calls = Task {
                try await concurrently(Array(0..<50)) {
                    try await limiter.activate("c\($0)", in: "a", by: .campaign("x"))
                }
            }
            try await Task.sleep(for: .seconds(2))
            redis.thaw()
            #expect(try await calls.value.allSatisfy { $0.verdict == .activated })
        }
    }

    /// It answers, if only that it is busy: callers wait as ever.
    @Test func aBusyRedisIsAlive() async throws {
        var configuration = EmbeddedRedis.Configuration()
        configuration.arguments = ["--lua-time-limit", "100"]
        try await withLimiter(configuration, timeout: .seconds(1)) { limiter, redis in
            _ = try await limiter.activate("ann", in: "a", by: .campaign("x"))
            let script = Task { try await RedisCLI(redis).run("EVAL", "while true do end", "0") }
            defer { script.cancel() }
            #expect(try await eventually { try await RedisCLI(redis).run("PING").contains("BUSY") })
            for _ in 0..<3 {
                let started = ContinuousClock.now
                await #expect(throws: HeadcountError.self) { try await limiter.usage(of: "a") }
                #expect(ContinuousClock.now - started > .milliseconds(800))
            }
            _ = try await RedisCLI(redis).run("SCRIPT", "KILL")
            #expect(try await eventually { (try? await limiter.usage(of: "a"))?.used == 1 })
        }
    }
}
