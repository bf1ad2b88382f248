import EmbeddedRedis
import Foundation
import Headcount

/// The main job on sample data: worker processes race through audiences on a Redis of the demo's own, an account is
/// upgraded in the middle, and the counts are held against the set in Redis.
struct Demo {
    private static let timeout: Duration = .seconds(50)

    let redis: EmbeddedRedis
    let limiter: Limiter
    let scenes: [DemoScene]

    private struct Result {
        let scene: DemoScene
        let usage: Usage
        let people: Int
        let activated: Int
        let twice: Int
        let members: Int

        var isExact: Bool {
            let expected = min(people, usage.limit)
            return twice == 0 && activated == expected && usage.used == expected && members == expected
        }
    }

    /// Returns whether every account was counted exactly.
    func run() async throws -> Bool {
        let folder = URL(filePath: redis.directory)
        let stop = folder.appending(path: "stop")
        for scene in scenes {
            try Data(scene.bytes).write(to: folder.appending(path: scene.sample))
            try await limiter.setPlan(PlanChange(plan: scene.plan), for: scene.account, by: "demo")
        }
        Terminal.show(
            "One Redis, \(scenes.map(\.workers).reduce(0, +)) worker processes, \(scenes.count) accounts.\n\n")
        let workers = try scenes.map { scene in
            try (1...scene.workers).map { number in
                try WorkerProcess(
                    arguments: [
                        "demo-worker", scene.account, "--by", scene.action,
                        "--from", folder.appending(path: scene.sample).path, "--until", stop.path, "--redis", redis.url,
                    ],
                    output: folder.appending(path: "\(scene.account)-\(number).tsv"))
            }
        }
        defer { workers.joined().forEach { $0.terminate() } }

        try await watch(workers)
        try Data().write(to: stop)
        try await poll { !workers.joined().contains(where: \.isRunning) }
        if let failed = workers.joined().first(where: { !$0.succeeded }) {
            throw Failure("a worker process failed: \(failed.messages)", .failure)
        }
        var results: [Result] = []
        for (scene, workers) in zip(scenes, workers) { results.append(try await result(of: scene, workers)) }
        try Terminal.write("\n" + Self.table(results))
        return results.allSatisfy(\.isExact)
    }

    /// Shows live numbers, makes the upgrade when the account has been at its limit for a moment, and returns when
    /// everybody is either counted or refused for good.
    private func watch(_ workers: [[WorkerProcess]]) async throws {
        let board = DemoBoard()
        let started = ContinuousClock.now
        var fullSince: [String: ContinuousClock.Instant] = [:]
        while ContinuousClock.now - started < Self.timeout {
            var usages: [Usage] = []
            for scene in scenes { usages.append(try await limiter.usage(of: scene.account)) }
            board.show(usages)
            var areDone = true
            for (scene, (usage, workers)) in zip(scenes, zip(usages, workers)) {
                // Workers end by themselves once nobody is left over; those of a full account go on asking.
                guard workers.contains(where: \.isRunning) else { continue }
                let since = usage.remaining == 0 ? fullSince[scene.account] ?? .now : nil
                fullSince[scene.account] = since
                let isFullForAWhile = since.map { ContinuousClock.now - $0 > .seconds(2) } ?? false
                areDone = areDone && isFullForAWhile
                if isFullForAWhile, let limit = scene.upgrade, usage.limit < limit {
                    areDone = false
                    board.note(
                        "\(scene.account) is at its limit of \(Format.count(usage.limit)): "
                            + "upgraded to \(Format.count(limit))")
                    try await limiter.setPlan(PlanChange(limit: limit), for: scene.account, by: "demo")
                }
            }
            if areDone { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Failure("the demo was not through within \(Self.timeout)", .failure)
    }

    private func poll(until isTrue: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while !isTrue(), ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(20)) }
    }

    private func result(of scene: DemoScene, _ workers: [WorkerProcess]) async throws -> Result {
        var activations: [Substring: Int] = [:]
        for worker in workers {
            for (contact, verdict) in try worker.verdicts() where verdict == Verdict.activated.rawValue {
                activations[contact, default: 0] += 1
            }
        }
        let usage = try await limiter.usage(of: scene.account)
        let key = limiter.keys.members(scene.account, usage.period.name)
        let members = try WorkerProcess.output(of: ["redis-cli", "-s", redis.socketPath, "SCARD", key])
        return Result(
            scene: scene, usage: usage, people: try scene.people().count, activated: activations.count,
            twice: activations.values.count { $0 > 1 }, members: Int(members) ?? -1)
    }

    private static func table(_ results: [Result]) -> String {
        let header = [
            "ACCOUNT", "LIMIT", "PEOPLE", "WORKERS", "ACTIVATED", "TWICE", "USED", "SCARD", "REFUSED", "",
        ]
        let rows = results.map { result in
            [
                result.scene.account, Format.count(result.usage.limit), Format.count(result.people),
                String(result.scene.workers), Format.count(result.activated), Format.count(result.twice),
                Format.count(result.usage.used), Format.count(result.members),
                Format.count(result.usage.refusedContacts), result.isExact ? "exact" : "WRONG",
            ]
        }
        return Format.table([header] + rows, right: [1, 2, 3, 4, 5, 6, 7, 8])
    }
}
