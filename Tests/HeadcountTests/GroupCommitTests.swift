import Foundation
import HeadcountTesting
import TestSupport
import Testing

@testable import Headcount

@Suite struct GroupCommitTests {
    /// What concurrent callers hear is what the model says to the same calls made one by one, in the order in which
    /// Redis decided them.
    @Test func concurrentCallersHearWhatOneByOneWouldSay() async throws {
        let given = ProcessInfo.processInfo.environment["HEADCOUNT_TEST_SEED"].flatMap { UInt64($0) }
        try await withLimiter { limiter, redis in
            for round in 0..<15 {
                let seed = given ?? .random(in: 0...UInt64.max)
                var random = SeededRandom(seed: seed)
                let account = "a\(round)"
                let limit = Int.random(in: 0...300, using: &random)
                let people = Int.random(in: 1...600, using: &random)
                let contacts = (0..<2_000).map { _ in "c\(Int.random(in: 0..<people, using: &random))" }
                try await limiter.setPlan(PlanChange(limit: limit), for: account, by: "t")
                let heard = try await withThrowingTaskGroup(of: (String, Decision).self) { group in
                    for contact in contacts {
                        group.addTask {
                            (contact, try await limiter.activate(contact, in: account, by: .campaign("x")))
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                // `used` tells in which order the new ones were decided; those with the same came between the same two.
                let model = InMemoryLimiter()
                try await model.setPlan(PlanChange(limit: limit), for: account, by: "t")
                let order = heard.sorted { left, right in
                    (left.1.used, rank(left.1)) < (right.1.used, rank(right.1))
                }
                for (contact, decision) in order {
                    let expected = try await model.activate(contact, in: account, by: .campaign("x"))
                    #expect(
                        decision.verdict == expected.verdict && decision.used == expected.used
                            && decision.remaining == expected.remaining, "seed \(seed), \(contact)")
                }
                #expect(heard.count { $0.1.verdict == .activated } == min(limit, Set(contacts).count), "seed \(seed)")
            }
            // They did share calls.
            let stats = try await RedisCLI(redis).run("INFO", "commandstats")
            let calls = stats.firstMatch(of: /cmdstat_evalsha:calls=(\d+)/).flatMap { Int($0.1) } ?? .max
            #expect(calls < 15 * 2_000 / 4)
        }
    }

    /// The activation that raised `used` to a number comes first among those who heard that number.
    private func rank(_ decision: Decision) -> Int { decision.verdict == .activated ? 0 : 1 }

    @Test func cancelledCallersLeaveTheOthersAlone() async throws {
        try await withLimiter { limiter, redis in
            _ = try await limiter.activate("warm", in: "a", by: .campaign("x"))
            redis.freeze()
            let tasks = (0..<60).map { number in
                Task { try await limiter.activate("c\(number)", in: "a", by: .campaign("x")).verdict }
            }
            try await Task.sleep(for: .milliseconds(50))
            for (number, task) in tasks.enumerated() where number.isMultiple(of: 2) { task.cancel() }
            for (number, task) in tasks.enumerated() where number.isMultiple(of: 2) {
                await #expect(throws: CancellationError.self) { try await task.value }
            }
            redis.thaw()
            for (number, task) in tasks.enumerated() where !number.isMultiple(of: 2) {
                #expect(try await task.value == .activated)
            }
        }
    }

    @Test func everyCallerHearsOfAnOutage() async throws {
        try await withLimiter(timeout: .seconds(2)) { limiter, redis in
            _ = try await limiter.activate("warm", in: "a", by: .campaign("x"))
            redis.freeze()
            let tasks = (0..<40).map { number in
                Task { try await limiter.activate("c\(number)", in: "a", by: .campaign("x")) }
            }
            for task in tasks {
                let error = await #expect(throws: HeadcountError.self) { try await task.value }
                #expect(error?.code == .unavailable)
            }
            redis.thaw()
            #expect(try await eventually { (try? await limiter.activate("z", in: "a", by: .campaign("x"))) != nil })
        }
    }
}
