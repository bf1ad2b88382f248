internal import Foundation
internal import Headcount

/// The scenario that somebody asks for with the form. Whether it can be, is for those who keep it to say.
struct ScenarioProposal {
    static let fields: Set<String> = [
        "csrf", "scenario", "event", "keywords", "match", "url", "steps", "coolDown", "replyWindow",
    ]

    let id: String
    let definition: Scenario.Definition

    init(_ form: QueryParameters) throws(FormFault) {
        func text(_ name: String) -> String { (form[name] ?? "").trimmingCharacters(in: .whitespacesAndNewlines) }

        id = text("scenario")
        let url = text("url")
        let trigger = try Self.trigger(text("event"), keywords: text("keywords"), match: text("match"))
        let laterSteps = try StepLines.steps(text("steps"), action: url)
        definition = Scenario.Definition(
            trigger: trigger, steps: [Scenario.Step(action: url)] + laterSteps,
            coolDown: try Self.seconds(text("coolDown"), "Cool-down") ?? 0,
            replyWindow: try Self.seconds(text("replyWindow"), "Reply window"))
    }

    private static func trigger(_ event: String, keywords: String, match: String) throws(FormFault) -> Scenario.Trigger
    {
        guard let kind = EventKind(rawValue: event) else {
            throw FormFault(text: "There is no event “\(event.printable)”.")
        }
        guard let match = KeywordMatch(rawValue: match) else {
            throw FormFault(text: "There is no match “\(match.printable)”.")
        }
        let keywords = keywords.split(separator: ",").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
            .filter { !$0.isEmpty }
        // Whoever forgets one of the two would answer everybody, or nobody.
        if keywords.isEmpty != (match == .any) {
            throw FormFault(
                text: match == .any
                    ? "With any text, keywords make no difference: leave them out, or choose another match."
                    : "Give the keywords, or choose any text.")
        }
        return Scenario.Trigger(kind, keywords: keywords, match: match)
    }

    /// Hours, such as `24` or `0.5`, in seconds; nil for nothing.
    private static func seconds(_ hours: String, _ field: String) throws(FormFault) -> Int? {
        if hours.isEmpty { return nil }
        guard hours.wholeMatch(of: /[0-9]{1,6}([.][0-9]{1,4})?/) != nil, let number = Double(hours) else {
            throw FormFault(text: "\(field): “\(hours.printable)” is no number of hours, such as 24 or 0.5.")
        }
        return Int((number * 3_600).rounded())
    }
}
