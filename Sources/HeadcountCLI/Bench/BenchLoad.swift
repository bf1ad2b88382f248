import Foundation
import Headcount

/// Callers that activate contacts as fast as they get answers.
struct BenchLoad: Sendable {
    let limiter: Limiter
    let accounts: [String]
    let contacts: [String]
    let callers: Int

    /// - Parameter contacts: of how many each account's are drawn.
    init(limiter: Limiter, accounts: Int, contacts: Int = 10_000, callers: Int, name: String) {
        self.limiter = limiter
        self.callers = callers
        self.accounts = (0..<accounts).map { "\(name)_\($0)" }
        self.contacts = (0..<contacts).map { "c\(String(repeating: "0", count: 12 - String($0).count))\($0)" }
    }

    /// One contact a call. Returns contacts a second.
    func run(calls: Int) async throws -> Double {
        try await rate(of: calls) { random, count in
            for _ in 0..<count { try await activate(&random) }
        }
    }

    /// The same, with the time of each call.
    func run(calls: Int, _ latencies: LatencyRecord) async throws -> Double {
        try await rate(of: calls) { random, count in
            var took: [Duration] = []
            took.reserveCapacity(count)
            for _ in 0..<count {
                let started = ContinuousClock.now
                try await activate(&random)
                took.append(ContinuousClock.now - started)
            }
            latencies.record(took)
        }
    }

    private func activate(_ random: inout FastRandom) async throws {
        let account = accounts[random.next(below: accounts.count)]
        _ = try await limiter.activate(
            contacts[random.next(below: contacts.count)], in: account, by: .campaign("bench"))
    }

    /// Batches. Returns contacts a second.
    func run(batches: Int, of size: Int) async throws -> Double {
        let rate = try await rate(of: batches) { random, count in
            for _ in 0..<count {
                let account = accounts[random.next(below: accounts.count)]
                let batch = (0..<size).map { _ in contacts[random.next(below: contacts.count)] }
                _ = try await limiter.activate(batch, in: account, by: .campaign("bench"))
            }
        }
        return rate * Double(size)
    }

    /// Batches that are reserved and then confirmed. Returns contacts a second.
    func run(reservations: Int, of size: Int) async throws -> Double {
        let rate = try await rate(of: reservations) { random, count in
            for _ in 0..<count {
                let account = accounts[random.next(below: accounts.count)]
                let batch = (0..<size).map { _ in contacts[random.next(below: contacts.count)] }
                let made = try await limiter.reserve(batch, in: account, by: .campaign("bench"))
                try await limiter.confirm(made.compactMap(\.token), in: account)
            }
        }
        return rate * Double(size)
    }

    private func rate(
        of calls: Int, _ body: @escaping @Sendable (inout FastRandom, Int) async throws -> Void
    ) async throws -> Double {
        let started = ContinuousClock.now
        let share = max(1, calls / callers)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<callers {
                group.addTask {
                    var random = FastRandom(seed: .random(in: 1...UInt64.max))
                    try await body(&random, share)
                }
            }
            try await group.waitForAll()
        }
        return Double(share * callers) / ((ContinuousClock.now - started) / .seconds(1))
    }
}

/// Numbers for a load, at no cost to speak of (xorshift, Marsaglia 2003).
struct FastRandom {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next(below bound: Int) -> Int {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Int(state % UInt64(bound))
    }
}
