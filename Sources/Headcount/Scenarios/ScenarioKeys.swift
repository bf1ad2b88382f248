/// A scenario's keys, as trigger.lua, claim.lua and advance.lua say.
struct ScenarioKeys {
    /// How long runs are kept that nothing happens with, in seconds.
    static let runRetention = 100 * 86_400
    /// How long contacts' lists, runs that ended and dead letters are kept after the last one, in seconds.
    static let listRetention = 45 * 86_400

    let scenario, jobs, runs, queue, again, later, parked, cooling, ended: String

    init(_ keys: Keyspace, _ account: String, _ id: String) {
        scenario = keys.scenario(account, id)
        jobs = scenario + ":jobs"
        runs = scenario + ":runs"
        queue = scenario + ":queue"
        again = scenario + ":again"
        later = scenario + ":later"
        parked = scenario + ":parked"
        cooling = scenario + ":cooling"
        ended = scenario + ":ended"
    }
}
