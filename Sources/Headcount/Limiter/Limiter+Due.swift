extension Limiter {
    /// Campaigns that workers look after, as `ACCOUNT ID`.
    package var dueCampaigns: DueList { DueList(runner: runner, key: keys.dueCampaigns) }

    /// Scenarios that workers look after, as `ACCOUNT ID`.
    package var dueScenarios: DueList { DueList(runner: runner, key: keys.dueScenarios) }

    /// Accounts whose notices servers and workers look after.
    package var dueNotices: DueList { DueList(runner: runner, key: keys.dueNotices) }

    /// The sweep for accounts that ``dueNotices`` lacks.
    package var dueSweep: DueList { DueList(runner: runner, key: keys.dueSweep) }
}
