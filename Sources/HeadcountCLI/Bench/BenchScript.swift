import Headcount

/// A script with the keys and arguments that Headcount sends, for asking it without Headcount.
enum BenchScript: String {
    case activate, reserve, settle

    /// The holder of all reservations that are made without Headcount.
    static let holder = "benchbenchbench0"

    /// The arguments of `EVALSHA`.
    func call(account: String, contacts: [String]) -> [String] {
        let members = "hc:{\(account)}:2026-11"
        let keys: [String]
        let plan = "hc:{\(account)}:plan"
        let day = [
            "||||", "0", "9007199254740991", "24:campaign", "4000000000", "4000000000", "1000000000", "hard", "2026-11",
        ]
        let blanks = Array(repeating: "", count: contacts.count)
        let holders = Array(repeating: Self.holder, count: contacts.count)
        let arguments: [String]
        switch self {
        case .activate:
            keys = [
                members, members + ":held", members + ":stats", members + ":refused", plan, members + ":merged",
                "hc:{\(account)}:outbox",
            ]
            arguments = day + ["", "80,100", String(contacts.count)] + contacts
        case .reserve:
            keys = [
                members, members + ":held", members + ":stats", members + ":refused", plan, members + ":merged",
                members + ":holders",
            ]
            arguments = day + ["", "60000000", String(contacts.count)] + contacts + holders + blanks
        case .settle:
            keys = [
                members, members + ":held", members + ":stats", plan, members + ":merged", "hc:{\(account)}:outbox",
                members + ":holders",
            ]
            arguments =
                ["2026-11", "4000000000", "4000000000", "1000000000", "hard", "", "80,100", String(contacts.count)]
                + contacts + contacts.map { _ in "c" } + holders + blanks
        }
        return ["EVALSHA", Limiter.scriptHash(rawValue), String(keys.count)] + keys + arguments
    }
}
