/// Holds a campaign off while its action turns everybody away, so that its contacts don't use up their attempts. A value
/// without I/O.
struct AutomationHealth: Sendable {
    /// So many in a row, and nobody accepted in between.
    private static let patience = 16
    private static let backoff = Backoff(first: .milliseconds(500), longest: .seconds(30))

    private var turnedAway = 0
    private var holds = 0
    private(set) var heldUntil: ContinuousClock.Instant?

    mutating func learn(_ answer: CallAnswer, at now: ContinuousClock.Instant) {
        switch answer {
        case .accepted, .refused: self = AutomationHealth()
        case .unknown: break
        case .later(_, let after):
            turnedAway += 1
            guard turnedAway >= Self.patience else { return }
            turnedAway = 0
            holds += 1
            let wait = min(after ?? Self.backoff.wait(after: holds), .seconds(30))
            heldUntil = max(now + wait, heldUntil ?? now)
        }
    }

    func hold(at now: ContinuousClock.Instant) -> Duration? {
        guard let heldUntil, heldUntil > now else { return nil }
        return heldUntil - now
    }
}
