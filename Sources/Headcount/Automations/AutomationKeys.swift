/// A campaign's keys, or a scenario's, as claim.lua says.
struct AutomationKeys {
    let campaign, jobs, queue, again, later, parked, sending, pace: String

    init(_ keys: Keyspace, _ account: String, _ id: String) {
        self.init(keys, account, base: keys.campaign(account, id))
    }

    init(_ keys: Keyspace, _ name: AutomationName) {
        switch name.kind {
        case .campaign: self.init(keys, name.account, name.id)
        case .scenario: self.init(keys, name.account, base: keys.scenario(name.account, name.id))
        }
    }

    private init(_ keys: Keyspace, _ account: String, base: String) {
        campaign = base
        jobs = campaign + ":jobs"
        queue = campaign + ":queue"
        again = campaign + ":again"
        later = campaign + ":later"
        parked = campaign + ":parked"
        sending = keys.sending(account)
        pace = keys.pace(account)
    }
}

/// The part of a reservation that is about an automation's attempts.
struct AutomationAttempts {
    let reservationKeys: [String]
    let reservationArguments: [String]
}

/// The part of a settlement that is about what became of an automation's attempts.
struct AutomationOutcomes {
    let settlementKeys: [String]
    let settlementArguments: [String]
}
