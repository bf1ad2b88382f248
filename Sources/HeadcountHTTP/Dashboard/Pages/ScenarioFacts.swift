internal import Headcount

/// What is read of an account's scenarios, of what became of them and of what starts them, to show its page.
struct ScenarioFacts {
    /// By id.
    let scenarios: [Scenario]
    /// Newest first.
    let deadLetters: [DeadLetter]
    /// Of those that are shown and all others.
    let deadLetterCount: Int
    let channels: ChannelLinks

    /// - Throws: ``HeadcountError``: `invalidAccount`, `unavailable`.
    init(_ limiter: Limiter, account: String) async throws {
        async let scenarios = limiter.scenarios.list(of: account)
        async let deadLetters = limiter.deadLetters.list(of: account, newest: DeadLettersView.maximum)
        async let deadLetterCount = limiter.deadLetters.count(of: account)
        async let channels = limiter.channels.links(of: account)
        self.scenarios = try await scenarios
        self.deadLetters = try await deadLetters
        self.deadLetterCount = try await deadLetterCount
        self.channels = try await channels
    }
}
