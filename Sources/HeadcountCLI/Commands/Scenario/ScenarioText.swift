import Headcount

/// Scenarios for people.
enum ScenarioText {
    /// `welcome<TAB>enabled`
    static func line(_ scenario: Scenario) -> String { "\(scenario.id)\t\(state(scenario))\n" }

    static func text(_ scenario: Scenario, in zone: String) -> String {
        let definition = scenario.definition
        let window = definition.replyWindow.map { "\(DurationText.text($0)) after the contact's last event" }
        let steps = definition.steps.enumerated().map { index, step in
            ["step \(index + 1)", "\(delay(step, isFirst: index == 0)): \(step.action)"]
        }
        let definitionRows = [
            ["account", scenario.account],
            ["scenario", scenario.id],
            ["state", state(scenario)],
            ["on", definition.trigger.event.rawValue],
            ["keywords", keywords(definition.trigger)],
        ]
        let ruleRows = [
            ["cool-down", definition.coolDown > 0 ? DurationText.text(definition.coolDown) : "none"],
            ["reply window", window ?? "none"],
            ["changed by", scenario.who],
            ["created", Format.time(scenario.created, in: zone)],
        ]
        return Format.table(definitionRows + steps + ruleRows + rows(scenario.progress))
    }

    static func table(_ scenarios: [Scenario], in zone: String) -> String {
        let header = [
            "ID", "STATE", "ON", "KEYWORDS", "STEPS", "STARTED", "ACTIVE", "PARKED", "FINISHED", "FAILED", "UNKNOWN",
            "EXPIRED", "CREATED", "BY",
        ]
        let rows = scenarios.map { scenario -> [String] in
            let (trigger, progress) = (scenario.definition.trigger, scenario.progress)
            let numbers = [
                scenario.definition.steps.count, progress.started, progress.active, progress.parked, progress.finished,
                progress.failed, progress.unknown, progress.expired,
            ]
            return [scenario.id, state(scenario), trigger.event.rawValue, keywords(trigger)]
                + numbers.map(Format.count) + [Format.time(scenario.created, in: zone), scenario.who]
        }
        return Format.table([header] + rows, right: Set(4...11))
    }

    private static func state(_ scenario: Scenario) -> String { scenario.isEnabled ? "enabled" : "disabled" }

    /// `contains: hi, hello`
    private static func keywords(_ trigger: Scenario.Trigger) -> String {
        let words = trigger.keywords.map(\.onOneLine).joined(separator: ", ")
        return words.isEmpty ? trigger.match.rawValue : "\(trigger.match.rawValue): \(words)"
    }

    private static func delay(_ step: Scenario.Step, isFirst: Bool) -> String {
        if step.delay == 0 { return "at once" }
        return "\(DurationText.text(step.delay)) after \(isFirst ? "the event" : "the step before")"
    }

    private static func rows(_ progress: ScenarioProgress) -> [[String]] {
        let active =
            "\(Format.count(progress.active)): \(Format.count(progress.parked)) parked, "
            + "\(Format.count(progress.sending)) sending"
        let sent =
            "\(Format.count(progress.newlyCounted + progress.alreadyCounted)): "
            + "\(Format.count(progress.newlyCounted)) newly counted, "
            + "\(Format.count(progress.alreadyCounted)) counted before"
        return [
            ["runs started", Format.count(progress.started)],
            ["under way", active],
            ["finished", Format.count(progress.finished)],
            ["failed", Format.count(progress.failed)],
            ["unknown", Format.count(progress.unknown)],
            ["expired", Format.count(progress.expired)],
            ["contact erased", Format.count(progress.erased)],
            ["steps sent", sent],
        ]
    }
}
