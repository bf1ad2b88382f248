internal import Foundation

extension Limiter {
    /// Decides without Redis, after it left a call unanswered: about as many of the contacts, from the first, as may be
    /// admitted. Who is surely counted, by the local cache, is no blind admission.
    ///
    /// - Throws: `error`, with ``HeadcountError/decided``, and with the reason, unless all of them may; and unless the
    ///   policy is to fail open.
    func failOpen(
        _ contacts: [String], in account: String, by action: Action, after error: HeadcountError
    ) async throws -> [Decision] {
        guard let blind, error.isOutage else { throw error }
        let time = runner.clock.now
        let period = runner.beliefs.belief(of: account, at: time).day.period
        let known = contacts.map { activator.cache?.member($0, of: account) }
        let unknown = zip(contacts, known).filter { $1 == nil }.map(\.0)
        let answer =
            unknown.isEmpty ? nil : await blind.admit(unknown, in: account, by: action, period.name, at: time)
        var verdicts = (answer?.verdicts ?? [])[...]
        var decisions: [Decision] = []
        decisions.reserveCapacity(contacts.count)
        for decision in known {
            if let decision {
                runner.metrics.decided(.alreadyActivated)
                decisions.append(decision)
            } else if let verdict = verdicts.popFirst() {
                decisions.append(Decision(failedOpen: verdict, period: period))
            } else {
                break
            }
        }
        guard decisions.count == contacts.count else {
            var error = answer?.reason.map { error.adding($0) } ?? error
            error.decided = decisions
            throw error
        }
        return decisions
    }

    /// Whether contacts would be admitted now if Redis could not be asked.
    package var failsOpen: Bool { blind?.isWithinTime ?? false }
}
