/// What a key holds, by its name: docs/redis-keys.md.
enum KeyKind: Hashable, Sendable {
    case members(PeriodName), held(PeriodName), holders(PeriodName), merged(PeriodName), stats(PeriodName)
    case refused(PeriodName), erased(PeriodName)
    case plan, audit, channels
    case outbox, deliveries, notices
    case campaigns, scenarios
    case campaign(String, AutomationPart), scenario(String, AutomationPart)
    case seen, heard, contact, endedRuns, deadLetters
    case sending, pace
    /// That a restore is under way.
    case restoring
    case apiKeys, instagramChannels, due, signedOut, removed
    case index(PeriodName)
    /// Nothing that this version writes.
    case other

    init(_ key: StoredKey) {
        guard let name = String(validating: key.name, as: UTF8.self) else {
            self = key.account != nil && key.name.starts(with: Array("contact:".utf8)) ? .contact : .other
            return
        }
        self = key.account == nil ? Self.common(name) : Self.single(name) ?? Self.named(name) ?? .other
    }

    private static func common(_ name: String) -> KeyKind {
        switch name {
        case "api-keys": return .apiKeys
        case "channels:instagram": return .instagramChannels
        case "due:campaigns", "due:scenarios", "due:notices", "due:sweep": return .due
        default: break
        }
        if name.hasPrefix("signed-out:") { return .signedOut }
        if name.hasPrefix("removed:") { return .removed }
        guard name.hasPrefix("accounts:"), let period = period(name.dropFirst("accounts:".count)), period.startDay == 1
        else { return .other }
        return .index(period)
    }

    private static func single(_ name: String) -> KeyKind? {
        switch name {
        case "plan": .plan
        case "audit": .audit
        case "channels": .channels
        case "outbox": .outbox
        case "outbox:deliveries": .deliveries
        case "notices": .notices
        case "campaigns": .campaigns
        case "scenarios": .scenarios
        case "seen": .seen
        case "heard": .heard
        case "ended": .endedRuns
        case "dead": .deadLetters
        case "sending": .sending
        case "pace": .pace
        case "restoring": .restoring
        default: nil
        }
    }

    private static func named(_ name: String) -> KeyKind? {
        if name.hasPrefix("contact:") { return .contact }
        let parts = name.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count > 1 else { return period(parts[0]).map { .members($0) } }
        let part = AutomationPart(rawValue: parts.count > 2 ? String(parts[2]) : "")
        switch (parts[0], part) {
        case ("campaign", let part?): return .campaign(String(parts[1]), part)
        case ("scenario", let part?): return .scenario(String(parts[1]), part)
        default: break
        }
        guard parts.count == 2, let period = period(parts[0]) else { return nil }
        switch parts[1] {
        case "held": return .held(period)
        case "holders": return .holders(period)
        case "merged": return .merged(period)
        case "stats": return .stats(period)
        case "refused": return .refused(period)
        case "erased": return .erased(period)
        default: return nil
        }
    }

    private static func period(_ text: Substring) -> PeriodName? {
        guard let period = try? PeriodName(String(text), startDay: 1), period.description == text else { return nil }
        return period
    }
}

extension KeyKind {
    /// The type that it has to have; nil where any will do.
    var type: RedisType? {
        switch self {
        case .members, .erased, .index: .set
        case .held, .campaigns, .seen, .heard, .sending, .due: .zset
        case .holders, .merged, .stats, .plan, .channels, .deliveries, .scenarios, .apiKeys, .instagramChannels,
            .restoring:
            .hash
        case .refused, .pace, .signedOut, .removed: .string
        case .audit, .outbox, .notices, .endedRuns, .deadLetters: .stream
        case .contact: .list
        case .campaign(_, let part), .scenario(_, let part): part.type
        case .other: nil
        }
    }

    /// Whether it must expire; nil where either will do.
    var expires: Bool? {
        switch self {
        case .plan, .audit, .channels, .scenarios, .scenario(_, .order), .apiKeys, .instagramChannels: false
        case .other: nil
        default: true
        }
    }

    /// The period that it belongs to.
    var period: PeriodName? {
        switch self {
        case .members(let period), .held(let period), .holders(let period), .merged(let period), .stats(let period),
            .refused(let period), .erased(let period):
            period
        default: nil
        }
    }

    /// The campaign or scenario that it belongs to.
    func automation(of account: String) -> AutomationName? {
        switch self {
        case .campaign(let id, _): AutomationName(.campaign, account: account, id: id)
        case .scenario(let id, _): AutomationName(.scenario, account: account, id: id)
        default: nil
        }
    }
}
