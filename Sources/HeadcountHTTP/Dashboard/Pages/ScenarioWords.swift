internal import Headcount

/// Triggers and times of scenarios in words.
enum ScenarioWords {
    /// `comment containing “price” or “info”`, `any comment`
    static func trigger(_ trigger: Scenario.Trigger) -> String {
        let event = event(trigger.event)
        let words = alternatives(trigger.keywords.map { "“\($0)”" })
        return switch trigger.match {
        case .contains where !words.isEmpty: "\(event) containing \(words)"
        case .exact where !words.isEmpty: "\(event) that is exactly \(words)"
        case .contains, .exact, .any: "any \(event)"
        }
    }

    static func event(_ kind: EventKind) -> String {
        switch kind {
        case .message: "message"
        case .comment: "comment"
        case .postback: "postback"
        case .storyReply: "story reply"
        case .mention: "mention"
        }
    }

    /// `at once`, `after 24 hours`
    static func delay(_ step: Scenario.Step) -> String {
        step.delay == 0 ? "at once" : "after \(duration(step.delay))"
    }

    static func replyWindow(_ seconds: Int?) -> String {
        seconds.map { "\(duration($0)) after the contact’s last event" } ?? "none: answers at any time"
    }

    static func coolDown(_ seconds: Int) -> String { seconds == 0 ? "none" : "\(duration(seconds)) after a run" }

    /// `24 hours`, `3 days`, `1 hour 30 minutes`
    static func duration(_ seconds: Int) -> String {
        let units = [("day", 86_400), ("hour", 3_600), ("minute", 60), ("second", 1)]
        var rest = seconds
        var parts: [String] = []
        // Everybody calls Meta's window one of 24 hours.
        for (name, size) in units.dropFirst(seconds < 2 * 86_400 ? 1 : 0) where rest >= size {
            let number = rest / size
            parts.append("\(number.grouped) \(name)\(number == 1 ? "" : "s")")
            rest %= size
        }
        return parts.isEmpty ? "0 seconds" : parts.joined(separator: " ")
    }

    /// `a, b or c`
    private static func alternatives(_ words: [String]) -> String {
        guard words.count > 1, let last = words.last else { return words.first ?? "" }
        return "\(words.dropLast().joined(separator: ", ")) or \(last)"
    }
}
