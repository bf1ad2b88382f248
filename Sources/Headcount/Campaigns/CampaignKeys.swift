/// A campaign's keys, as claim.lua says.
struct CampaignKeys {
    let campaign, jobs, queue, again, later, parked, sending, pace: String

    init(_ keys: Keyspace, _ account: String, _ id: String) {
        campaign = keys.campaign(account, id)
        jobs = campaign + ":jobs"
        queue = campaign + ":queue"
        again = campaign + ":again"
        later = campaign + ":later"
        parked = campaign + ":parked"
        sending = keys.sending(account)
        pace = keys.pace(account)
    }
}

/// The part of a reservation that is about a campaign's attempts.
struct CampaignAttempts {
    let reservationKeys: [String]
    let reservationArguments: [String]
}

/// The part of a settlement that is about what became of a campaign's attempts.
struct CampaignOutcomes {
    let settlementKeys: [String]
    let settlementArguments: [String]
}
