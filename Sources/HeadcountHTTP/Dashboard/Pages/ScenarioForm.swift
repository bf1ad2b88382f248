internal import Headcount

/// The form that adds a scenario, with what was typed if something is wrong with it.
struct ScenarioForm {
    struct Choice {
        let value, text: String
        let isSelected: Bool
    }

    let scenarioProblem: String?
    let scenarioId, keywordsText, url, stepsText, coolDownHours, replyWindowHours: String
    let events, matches: [Choice]

    /// - Parameter fault: the form that can't be, and what is wrong with it.
    init(_ fault: (form: QueryParameters, text: String)?) {
        func typed(_ name: String, _ standard: String) -> String { fault?.form[name] ?? standard }

        scenarioProblem = fault?.text
        scenarioId = typed("scenario", "")
        keywordsText = typed("keywords", "")
        url = typed("url", "")
        stepsText = typed("steps", "")
        coolDownHours = typed("coolDown", "0")
        replyWindowHours = typed("replyWindow", String(Scenario.Definition.standardReplyWindow / 3_600))
        let event = typed("event", EventKind.message.rawValue)
        events = EventKind.allCases.map { kind in
            Choice(value: kind.rawValue, text: "a \(ScenarioWords.event(kind))", isSelected: kind.rawValue == event)
        }
        let match = typed("match", KeywordMatch.contains.rawValue)
        matches = KeywordMatch.allCases.map { kind in
            Choice(value: kind.rawValue, text: Self.text(kind), isSelected: kind.rawValue == match)
        }
    }

    private static func text(_ match: KeywordMatch) -> String {
        switch match {
        case .exact: "is one of the keywords"
        case .contains: "contains one of the keywords"
        case .any: "is any text, or none"
        }
    }
}
