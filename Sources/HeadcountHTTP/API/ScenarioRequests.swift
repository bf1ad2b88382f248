internal import Headcount

/// `{"on":…,"action":…}` or `{"on":…,"steps":[…]}`, and perhaps `keywords`, `match`, `coolDown`, `replyWindow` and
/// `enabled`.
struct ScenarioRequest: Decodable, Sendable {
    let definition: Scenario.Definition
    /// Nil: as it was, or enabled.
    let isEnabled: Bool?

    init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(
            known: ["on", "keywords", "match", "action", "steps", "coolDown", "replyWindow", "enabled"])
        definition = Scenario.Definition(
            trigger: try Self.trigger(fields), steps: try Self.steps(fields),
            coolDown: try fields.value("coolDown", as: Int.self) ?? 0, replyWindow: try Self.replyWindow(fields))
        isEnabled = try fields.value("enabled", as: Bool.self)
    }

    private static func trigger(_ fields: KeyedDecodingContainer<FieldName>) throws -> Scenario.Trigger {
        guard let on = try fields.value("on", as: String.self) else {
            throw Problem(.invalidBody, "on is missing; give the event that starts it, such as message")
        }
        let event = try EventKind(word: on, .invalidScenario, "event")
        let keywords = try fields.value("keywords", as: [String].self) ?? []
        let match = try fields.value("match", as: String.self).map { word in
            try KeywordMatch(word: word, .invalidScenario, "match")
        }
        // Whoever forgets one of the two would answer everybody, or nobody.
        if let match, keywords.isEmpty != (match == .any) {
            throw Problem(
                .invalidBody,
                match == .any
                    ? "match any is whatever the text; leave keywords out, or give match contains or exact"
                    : "match \(match.rawValue) needs keywords; give some, or leave match out, for whatever the text")
        }
        return Scenario.Trigger(event, keywords: keywords, match: match ?? .contains)
    }

    private static func steps(_ fields: KeyedDecodingContainer<FieldName>) throws -> [Scenario.Step] {
        let action = try fields.value("action", as: String.self)
        let steps = try fields.value("steps", as: [StepRequest].self)
        switch (action, steps) {
        case (let action?, nil): return [Scenario.Step(action: action)]
        case (nil, let steps?): return steps.map(\.step)
        default: throw Problem(.invalidBody, "give either action, for one step, or steps")
        }
    }

    /// Null: none at all.
    private static func replyWindow(_ fields: KeyedDecodingContainer<FieldName>) throws -> Int? {
        let name = FieldName(stringValue: "replyWindow")
        guard fields.contains(name) else { return Scenario.Definition.standardReplyWindow }
        return try fields.decodeIfPresent(Int.self, forKey: name)
    }
}

/// `{"action":…}`, and perhaps `delay`.
private struct StepRequest: Decodable, Sendable {
    let step: Scenario.Step

    init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(known: ["delay", "action"])
        guard let action = try fields.value("action", as: String.self) else {
            throw Problem(.invalidBody, "a step's action is missing; give the URL that is called")
        }
        step = Scenario.Step(delay: try fields.value("delay", as: Int.self) ?? 0, action: action)
    }
}

extension RawRepresentable where Self: CaseIterable, RawValue == String {
    /// What the word stands for.
    ///
    /// - Parameters:
    ///   - kind: of the problem that it is if it stands for nothing.
    ///   - what: what it should be, in words.
    init(word: String, _ kind: Problem.Kind, _ what: String) throws(Problem) {
        guard let value = Self(rawValue: word) else {
            let words = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(kind, "no such \(what); there are \(words)", value: word)
        }
        self = value
    }
}
