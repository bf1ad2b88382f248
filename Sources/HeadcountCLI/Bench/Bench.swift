import EmbeddedRedis
import Foundation
import Headcount
import RedisClient

/// Measures each case next to its anchor, in the same run on the same Redis, several rounds.
struct Bench {
    let redis: BenchServer
    let rounds: Int
    let callers: Int
    let accounts: Int
    /// Scales how much is done in a round.
    let effort: Double

    func run(_ name: BenchCase) async throws -> BenchResult {
        switch name {
        case .manyAccounts: try await throughput(name, accounts: accounts, mark: .atLeast(0.9))
        case .hotAccount: try await throughput(name, accounts: 1, mark: .atLeast(4))
        case .batch256: try await batches()
        case .reserve256: try await reservations()
        case .latency: try await latency()
        case .silence: try await silence()
        case .localCache: try await localCache()
        case .growth: try await growth()
        case .memory: try await memory()
        }
    }

    func calls(_ number: Int) -> Int { max(1, Int(Double(number) * effort)) }

    func limiter(_ cache: LocalCache? = nil) async throws -> Limiter {
        try await BenchServer.limiter(redis.url, cache)
    }

    private func throughput(_ name: BenchCase, accounts: Int, mark: BenchResult.Mark) async throws -> BenchResult {
        let limiter = try await limiter()
        let load = BenchLoad(limiter: limiter, accounts: accounts, callers: callers, name: name.rawValue)
        let anchor = RedisBenchmark(
            socketPath: redis.socketPath, accounts: accounts, contactsInACall: 1)
        _ = try await load.run(calls: calls(50_000))
        let best = try anchor.bestPipelining(calls: calls(50_000))
        var values: [Double] = []
        var anchors: [Double] = []
        for _ in 0..<rounds {
            anchors.append(try anchor.run(calls: calls(200_000), best))
            values.append(try await load.run(calls: calls(accounts == 1 ? 800_000 : 200_000)))
        }
        await limiter.close()
        return BenchResult(
            name, values: values, anchors: anchors, unit: "contacts/s",
            anchoredTo: "redis-benchmark, one contact a call, -c \(best.clients) -P \(best.depth)", mark: mark)
    }

    private func batches() async throws -> BenchResult {
        let limiter = try await limiter()
        let load = BenchLoad(limiter: limiter, accounts: accounts, callers: 32, name: "batch")
        let anchor = RedisBenchmark(
            socketPath: redis.socketPath, accounts: accounts, contactsInACall: 256)
        _ = try await load.run(batches: calls(2_000), of: 256)
        let best = try anchor.bestPipelining(calls: calls(1_000))
        var values: [Double] = []
        var anchors: [Double] = []
        for _ in 0..<rounds {
            // Both from an empty Redis: so many contacts would fill the machine's memory.
            try await redis.empty(limiter)
            anchors.append(try anchor.run(calls: calls(12_000), best))
            try await redis.empty(limiter)
            values.append(try await load.run(batches: calls(12_000), of: 256))
        }
        await limiter.close()
        return BenchResult(
            .batch256, values: values, anchors: anchors, unit: "contacts/s",
            anchoredTo: "redis-benchmark, 256 contacts a call, -c \(best.clients) -P \(best.depth)", mark: .atLeast(0.9)
        )
    }

    /// Reserving and confirming a thousand accounts' contacts, against what redis-benchmark does of the one and then of the
    /// other: it can't give the tokens of the one to the other, so that it confirms what was reserved under one name.
    private func reservations() async throws -> BenchResult {
        let limiter = try await limiter()
        let (accounts, batches) = (1_000, calls(1_000))
        let load = BenchLoad(limiter: limiter, accounts: accounts, contacts: 1_000, callers: 32, name: "reserve")
        func anchor(_ script: BenchScript) -> RedisBenchmark {
            RedisBenchmark(
                socketPath: redis.socketPath, script: script, accounts: accounts, range: 1_000, contactsInACall: 256)
        }
        _ = try await load.run(reservations: batches, of: 256)
        let best = try anchor(.reserve).bestPipelining(calls: batches)
        var values: [Double] = []
        var anchors: [Double] = []
        for _ in 0..<rounds {
            try await redis.empty(limiter)
            let reserving = try anchor(.reserve).run(calls: batches, best)
            try await redis.empty(limiter)
            try await hold(load, limiter)
            let confirming = try anchor(.settle).run(calls: batches, best)
            anchors.append(1 / (1 / reserving + 1 / confirming))
            try await redis.empty(limiter)
            values.append(try await load.run(reservations: batches, of: 256))
        }
        await limiter.close()
        return BenchResult(
            .reserve256, values: values, anchors: anchors, unit: "contacts/s",
            anchoredTo: "redis-benchmark, both scripts, 256 contacts a call, -c \(best.clients) -P \(best.depth)",
            mark: .atLeast(0.8))
    }

    /// Holds everybody for redis-benchmark to confirm.
    private func hold(_ load: BenchLoad, _ limiter: Limiter) async throws {
        _ = try await concurrently(load.accounts, atOnce: 32) { account in
            let account =
                "bench" + load.contacts[0].dropFirst().prefix(12 - account.split(separator: "_")[1].count)
                + account.split(separator: "_")[1]
            for start in stride(from: 0, to: load.contacts.count, by: 500) {
                let call = BenchScript.reserve.call(
                    account: String(account), contacts: Array(load.contacts[start..<(start + 500)]))
                _ = try await limiter.send(call)
            }
        }
    }

    private func latency() async throws -> BenchResult {
        let limiter = try await limiter()
        var values: [Double] = []
        var anchors: [Double] = []
        for round in 0...rounds {
            var ping = LatencyHistogram()
            var activate = LatencyHistogram()
            // In turns of a few milliseconds: the machine's mood changes in less than a round.
            for turn in 0..<calls(100) {
                try await ping.time(100) { _ in _ = try await limiter.send(["PING"]) }
                try await activate.time(100) { number in
                    _ = try await limiter.activate(
                        "c\((turn * 100 + number) % 5_000)", in: "latency", by: .campaign("bench"))
                }
            }
            // The first round warms up.
            if round > 0 {
                anchors.append(ping.microseconds(atPercentile: 50))
                values.append(activate.microseconds(atPercentile: 50))
            }
        }
        await limiter.close()
        return BenchResult(
            .latency, values: values, anchors: anchors, unit: "µs p50", anchoredTo: "PING on the same connection",
            mark: .atMost(1.5))
    }

    private func localCache() async throws -> BenchResult {
        let plain = try await limiter()
        let cached = try await limiter(LocalCache(maximumAge: .seconds(3_600)))
        // A thousand accounts on a plan of 100, all counted, and asked for again.
        let loads = [plain, cached].map {
            BenchLoad(limiter: $0, accounts: 1_000, contacts: 100, callers: callers, name: "cache")
        }
        for account in loads[1].accounts {
            _ = try await cached.activate(loads[1].contacts, in: account, by: .campaign("bench"))
        }
        var values: [Double] = []
        var anchors: [Double] = []
        for _ in 0..<rounds {
            anchors.append(try await loads[0].run(calls: calls(200_000)))
            values.append(try await loads[1].run(calls: calls(4_000_000)))
        }
        await plain.close()
        await cached.close()
        return BenchResult(
            .localCache, values: values, anchors: anchors, unit: "contacts/s",
            anchoredTo: "the same repeats without the cache", mark: .atLeast(20))
    }

    /// What a call costs Redis, by its own account, with a small set and with a large one.
    private func growth() async throws -> BenchResult {
        let limiter = try await limiter()
        let (small, large) = (100, 1_000_000)
        for (account, size) in [("growth_small", small), ("growth_large", large)] {
            for start in stride(from: 0, to: size, by: 100_000) {
                let contacts = (start..<min(size, start + 100_000)).map { "member-\($0)" }
                _ = try await limiter.activate(contacts, in: account, by: .campaign("bench"))
            }
        }
        var values: [Double] = []
        var anchors: [Double] = []
        for _ in 0..<rounds {
            anchors.append(try await cost("growth_small", members: small, limiter))
            values.append(try await cost("growth_large", members: large, limiter))
        }
        await limiter.close()
        return BenchResult(
            .growth, values: values, anchors: anchors, unit: "µs of Redis a call",
            anchoredTo: "a set of 100 members instead of 1,000,000", mark: .atMost(1.15))
    }

    /// With calls enough under way that Redis never waits: one at a time would measure how it wakes up.
    private func cost(_ account: String, members: Int, _ limiter: Limiter) async throws -> Double {
        _ = try await limiter.send(["CONFIG", "RESETSTAT"])
        let callers = 64
        let share = max(1, calls(100_000) / callers)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for caller in 0..<callers {
                group.addTask {
                    var random = FastRandom(seed: UInt64(caller + 1))
                    for _ in 0..<share {
                        // A list of one doesn't share its call.
                        _ = try await limiter.activate(
                            ["member-\(random.next(below: members))"], in: account, by: .campaign("bench"))
                    }
                }
            }
            try await group.waitForAll()
        }
        let stats = try await limiter.send(["INFO", "commandstats"]).text ?? ""
        guard let match = stats.firstMatch(of: /cmdstat_evalsha:calls=\d+,usec=\d+,usec_per_call=([\d.]+)/),
            let cost = Double(match.1)
        else { throw Failure("INFO commandstats has no evalsha", .failure) }
        return cost
    }

    private func memory() async throws -> BenchResult {
        let limiter = try await limiter()
        let contacts = (0..<10_000).map { String(17_841_400_000_000_000 + $0 * 7_919) }
        _ = try await limiter.activate(contacts, in: "memory", by: .campaign("bench"))
        let key = try await limiter.keys(of: "memory")[0].name
        let bytes = try await limiter.send(["MEMORY", "USAGE", key, "SAMPLES", "0"]).integer ?? 0
        await limiter.close()
        return BenchResult(
            .memory, values: [Double(bytes) / 10_000], anchors: [1], unit: "bytes a contact",
            anchoredTo: "1 byte; set of 10,000 integer ids", mark: .atMost(10))
    }
}
