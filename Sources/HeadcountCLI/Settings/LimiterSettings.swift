import Foundation
import Headcount

extension Settings {
    /// Where Redis is.
    var redisURL: String {
        get async throws { try await text("redis.url") ?? "redis://127.0.0.1:6379" }
    }

    /// Plans, kinds of action, thresholds, prefix, time limit, and the tombstones' key.
    var limiter: LimiterConfiguration {
        get async throws {
            var configuration = LimiterConfiguration()
            if let prefix = try await text("prefix") { configuration.prefix = prefix }
            if let seconds = try await number("timeout") {
                guard seconds > 0, seconds <= 3_600 else {
                    throw Self.fault("timeout", "\(seconds)", "give seconds, above 0 and at most 3600")
                }
                configuration.timeout = .milliseconds(Int(seconds * 1000))
            }
            if let text = try await text("durability") {
                guard let durability = Durability(text) else {
                    throw Self.fault("durability", text, "write acknowledged or replicated:N, N from 1 to 100")
                }
                configuration.durability = durability
            }
            configuration.plans = try await plans
            configuration.actionKinds = try await actionKinds
            if let thresholds = try await integers("notices.thresholds") { configuration.noticeThresholds = thresholds }
            configuration.tombstoneKey = try await secret("tombstone.key")
            configuration.redisTLS = try await redisTLS
            configuration.failurePolicy = try await failurePolicy
            return configuration
        }
    }

    private var redisTLS: RedisTLSFiles {
        get async throws {
            var files = RedisTLSFiles()
            files.authorities = try await text("redis.tls.ca")
            files.certificate = try await text("redis.tls.cert")
            files.key = try await text("redis.tls.key")
            files.serverName = try await text("redis.tls.serverName")
            files.checksServerName = try await flag("redis.tls.checkServerName") ?? true
            return files
        }
    }

    /// The two lists of kinds: each kind in one of them.
    private var actionKinds: ActionKinds {
        get async throws {
            var kinds = ActionKinds.standard
            if let counted = try await texts("actions.counted") { kinds.counted = Set(counted) }
            if let notCounted = try await texts("actions.notCounted") { kinds.notCounted = Set(notCounted) }
            for kind in kinds.counted.union(kinds.notCounted) where (try? Action(kind: kind)) == nil {
                let key: SettingsKey = kinds.counted.contains(kind) ? "actions.counted" : "actions.notCounted"
                throw Self.fault(key, kind, "a kind of action has 1 to 32 of a-z, 0-9 and _")
            }
            if let kind = kinds.counted.intersection(kinds.notCounted).min() {
                throw Self.fault(
                    "actions.counted", kind, "this kind is in actions.notCounted, too; it counts or it doesn't")
            }
            return kinds
        }
    }

    /// The catalogue: the plans of `plans.names`, each with its limit, tiers and mode.
    private var plans: PlanCatalogue {
        get async throws {
            let standard = PlanCatalogue.standard
            let names = try await texts("plans.names") ?? standard.plans.map(\.name)
            for key in fileKeys where key.name.hasPrefix("plans.") && key.name.split(separator: ".").count == 3 {
                guard names.contains(where: { key.name.hasSuffix(".\($0)") }) else {
                    throw Failure(
                        "\(key.name): there is no such plan; plans.names has \(names.joined(separator: ", "))", .badData
                    )
                }
            }
            var plans: [Plan] = []
            for name in names {
                let shipped = standard.plans.first { $0.name == name }
                let limitKey = SettingsKey("plans.limit.\(name)")
                guard let limit = try await integer(limitKey) ?? shipped?.limit else {
                    throw Failure("\(limitKey.name) (\(limitKey.variable)) is missing; give contacts a month", .usage)
                }
                let tiers = try await integers(SettingsKey("plans.tiers.\(name)"))
                let modeKey = SettingsKey("plans.mode.\(name)")
                let word = try await text(modeKey) ?? LimitMode.hard.rawValue
                guard let mode = LimitMode(rawValue: word) else {
                    throw Self.fault(modeKey, word, "give hard, soft or unlimited")
                }
                let shippedTiers = limit == shipped?.limit ? shipped?.tiers : nil
                plans.append(Plan(name: name, limit: limit, tiers: tiers ?? shippedTiers, mode: mode))
            }
            let defaultPlan = try await text("plans.default") ?? plans.first?.name ?? ""
            return try PlanCatalogue(plans: plans, defaultPlan: defaultPlan)
        }
    }
}
