import Headcount

/// The steps of a scenario, as `--action URL` and `--step DELAY[=URL]` say them.
enum ScenarioSteps {
    /// The first step, which is due at once, and those after it.
    static func steps(action: String, later: [String]) throws -> [Scenario.Step] {
        try check(action, in: "--action '\(action.printable)'")
        return try [Scenario.Step(action: action)] + later.map { try step($0, action: action) }
    }

    private static func step(_ text: String, action: String) throws -> Scenario.Step {
        let whole = "--step '\(text.printable)'"
        // Only the first = is ours: a URL may have some.
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let delay = try DurationText.seconds(parts[0], in: whole)
        if parts.count == 1 { return Scenario.Step(delay: delay, action: action) }
        let url = String(parts[1])
        try check(url, in: whole)
        return Scenario.Step(delay: delay, action: url)
    }

    private static func check(_ url: String, in whole: String) throws {
        do {
            try Identifier.check(url: url, .invalidScenario)
        } catch {
            throw Failure("\(whole): \(error.reason)", .usage)
        }
    }
}
