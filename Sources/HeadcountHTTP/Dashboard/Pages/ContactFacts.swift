internal import Foundation
internal import Headcount

/// What is read of one contact to show its page.
struct ContactFacts {
    let usage: Usage
    let isCounted: Bool
    let history: ContactHistory
    /// Those of the account, by id.
    let scenarios: [Scenario]
    /// By Redis's clock.
    let now: Date

    var account: String { usage.account }
    var zone: String { usage.calendar.zone }

    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidContact`, `unavailable`.
    init(_ limiter: Limiter, contact: String, account: String) async throws {
        async let usage = limiter.usage(of: account)
        async let isCounted = limiter.isActivated(contact, in: account)
        async let history = limiter.scenarios.history(of: contact, in: account)
        async let scenarios = limiter.scenarios.list(of: account)
        self.usage = try await usage
        self.isCounted = try await isCounted
        self.history = try await history
        self.scenarios = try await scenarios
        now = limiter.serverTime
    }
}
