/// In which order a backup reads keys, since it doesn't see all of them at one moment: what something moves out of first,
/// then what it moves into, so that it is in one of the two at least.
enum BackupStage: CaseIterable {
    /// Held slots before the members that they become, statistics before the members that they count, events and streams
    /// before the runs and jobs that they start, dead letters before the runs that they become again, the outbox before
    /// past notices.
    case sources
    /// Jobs before members: who was sent something is counted.
    case jobs
    case members
    /// Merged names after the members that they replace.
    case merged
    /// The plan after erasures that it tells of.
    case rest

    /// Nil for what is made anew by a restore, from what else there is.
    init?(_ kind: KeyKind) {
        switch kind {
        case .held, .holders, .stats, .outbox, .deliveries, .seen, .endedRuns, .deadLetters, .campaign(_, .queue),
            .campaign(_, .again), .scenario(_, .queue), .scenario(_, .again):
            self = .sources
        case .campaign(_, .jobs), .scenario(_, .jobs): self = .jobs
        case .members: self = .members
        case .merged: self = .merged
        case .campaign(_, .later), .campaign(_, .parked), .scenario(_, .later), .scenario(_, .parked),
            .scenario(_, .ended), .scenario(_, .runs), .sending, .pace, .restoring:
            // Runs are read with the jobs.
            return nil
        default: self = .rest
        }
    }
}
