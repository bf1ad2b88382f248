/// What workers carry out.
package enum AutomationKind: String, Sendable, CaseIterable {
    case campaign, scenario
}

/// The name of a campaign or scenario everywhere.
package struct AutomationName: Hashable, Sendable {
    package let kind: AutomationKind
    package let account: String
    package let id: String

    package init(_ kind: AutomationKind, account: String, id: String) {
        self.kind = kind
        self.account = account
        self.id = id
    }

    /// From the list of those that are due.
    init?(_ kind: AutomationKind, _ text: String) {
        let parts = text.split(separator: " ")
        guard parts.count == 2 else { return nil }
        self.kind = kind
        account = String(parts[0])
        id = String(parts[1])
    }

    /// As the action of those that it touches.
    package var action: Action {
        switch kind {
        case .campaign: .campaign(id)
        case .scenario: .scenario(id)
        }
    }

    /// As among what workers have under way for the account.
    var sending: String {
        switch kind {
        case .campaign: id
        case .scenario: "scenario:\(id)"
        }
    }

    /// As in the list of those that are due.
    var text: String { "\(account) \(id)" }
}
