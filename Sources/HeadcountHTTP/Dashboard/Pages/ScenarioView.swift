internal import Foundation
internal import Headcount

/// A scenario and what became of its runs, for people.
struct ScenarioView {
    struct Fact {
        let label, valueText: String
    }

    struct Step {
        let delayText, url: String
    }

    /// A button, and the last part of the path that it posts to.
    struct Action {
        let text, verb: String
        /// Whether it is asked for confirmation.
        var asksFirst = false

        static let enable = Action(text: "Enable", verb: "enable")
        static let disable = Action(text: "Disable", verb: "disable")
        static let remove = Action(text: "Remove", verb: "remove", asksFirst: true)
    }

    let id, scenarioHref, state: String
    let triggerText, coolDownText, replyWindowText: String
    let steps: [Step]
    let numbers: [Fact]
    let created, createdText, who: String
    let hasActions: Bool
    let actions: [Action]

    init(_ scenario: Scenario, zone: String, visitor: Visitor) {
        let (definition, progress) = (scenario.definition, scenario.progress)
        id = scenario.id
        scenarioHref = DashboardPath.scenario(scenario.id, of: scenario.account)
        state = scenario.isEnabled ? "enabled" : "disabled"
        triggerText = ScenarioWords.trigger(definition.trigger)
        coolDownText = ScenarioWords.coolDown(definition.coolDown)
        replyWindowText = ScenarioWords.replyWindow(definition.replyWindow)
        steps = definition.steps.map { Step(delayText: ScenarioWords.delay($0), url: $0.action) }
        numbers = [
            ("Started", progress.started), ("Active", progress.active), ("Parked", progress.parked),
            ("Finished", progress.finished), ("Failed", progress.failed), ("Unknown", progress.unknown),
            ("Expired", progress.expired), ("Erased", progress.erased),
        ].map { Fact(label: $0, valueText: $1.grouped) }
        created = scenario.created.formatted(.iso8601)
        createdText = DateText(scenario.created, in: zone).dayAndTime
        who = scenario.who
        actions = visitor.isAdmin ? [scenario.isEnabled ? .disable : .enable, .remove] : []
        hasActions = !actions.isEmpty
    }
}
