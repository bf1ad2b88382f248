internal import Headcount

/// An account's scenarios, by id.
struct ScenariosView {
    static let maximum = 50

    /// Where the list is fetched from again; nil where no run is under way.
    let scenariosHref: String?
    let hasScenarios: Bool
    let list: [ScenarioView]
    /// What to do to see the rest; nil where there is none.
    let listCommand: String?
    /// How the first scenario is made.
    let addCommand: String

    init(_ scenarios: [Scenario], of account: String, zone: String, visitor: Visitor) {
        let shown = scenarios.prefix(Self.maximum)
        scenariosHref = shown.contains { $0.progress.active > 0 } ? DashboardPath.scenarios(of: account) : nil
        hasScenarios = !shown.isEmpty
        list = shown.map { ScenarioView($0, zone: zone, visitor: visitor) }
        // An account id has no characters that mean something to a shell.
        listCommand = scenarios.count > shown.count ? "headcount scenario list \(account)" : nil
        addCommand =
            "headcount scenario add \(account) --id welcome --on message --keyword hi --action https://example.com/send"
    }
}
