internal import Headcount

/// What became of one update, in metrics.
enum WebhookResult: Hashable, Sendable {
    /// It started a run.
    case taken
    /// It came before.
    case duplicate
    /// No scenario has such a trigger.
    case unmatched
    /// The scenarios that have such a trigger are disabled, busy with the contact, or cooling down.
    case refrained
    /// Its Instagram account is nobody's here.
    case unknownAccount
    case ignored(WebhookIgnored)

    /// Those that a channel has.
    static func all(of channel: WebhookChannel) -> [WebhookResult] {
        let ofEvents: [WebhookResult] = [.taken, .duplicate, .unmatched, .refrained]
        return switch channel {
        case .instagram: ofEvents + [.unknownAccount] + WebhookIgnored.allCases.map(WebhookResult.ignored)
        // Of what is malformed nothing is taken.
        case .generic: ofEvents + [.ignored(.unknownKind)]
        }
    }

    init(_ result: EventResult) {
        switch result {
        case .duplicate: self = .duplicate
        case .taken(let reactions): self = reactions.isEmpty ? .unmatched : result.startsRun ? .taken : .refrained
        }
    }

    var label: String {
        switch self {
        case .taken: "taken"
        case .duplicate: "duplicate"
        case .unmatched: "unmatched"
        case .refrained: "refrained"
        case .unknownAccount: "unknown_account"
        case .ignored(let reason): reason.rawValue
        }
    }
}
