/// What a key of a campaign or scenario holds.
enum AutomationPart: String, CaseIterable, Sendable {
    /// What is to be done, and how far it is.
    case order = ""
    case jobs, queue, again, later, parked
    /// Of scenarios only.
    case runs, cooling, ended

    var type: RedisType {
        switch self {
        case .order, .jobs, .runs: .hash
        case .queue, .again: .stream
        case .later, .parked, .cooling: .zset
        case .ended: .set
        }
    }
}
