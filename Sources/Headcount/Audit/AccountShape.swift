/// What an account has, by its keys' names.
struct AccountShape {
    /// With the kinds of keys that there are of each.
    private(set) var kinds: Set<KeyKind> = []

    mutating func add(_ kind: KeyKind) {
        // Of contacts' lists there are too many to keep, and they say nothing of the account.
        if kind != .contact, kind != .other { kinds.insert(kind) }
    }

    var periods: Set<PeriodName> { Set(kinds.compactMap(\.period)) }

    /// Periods in which somebody asked for a contact that counts.
    var activePeriods: Set<PeriodName> {
        Set(
            kinds.compactMap { kind in
                switch kind {
                case .members(let period), .held(let period), .refused(let period): period
                default: nil
                }
            })
    }

    func automations(of account: String) -> [AutomationName] {
        kinds.compactMap { kind in
            switch kind {
            case .campaign(_, .order), .scenario(_, .order): kind.automation(of: account)
            default: nil
            }
        }.sorted { ($0.kind.rawValue, $0.id) < ($1.kind.rawValue, $1.id) }
    }
}
