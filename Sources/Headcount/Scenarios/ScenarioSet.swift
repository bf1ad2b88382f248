/// An account's scenarios, as the hash `scenarios` has them: what events are compared with.
struct ScenarioSet: Sendable {
    struct Entry: Sendable {
        let id: String
        let isEnabled: Bool
        let definition: Scenario.Definition
        let keywords: Keywords
    }

    /// Empty for none.
    let version: String
    /// By id.
    let scenarios: [Entry]
    /// Of all of them together.
    let keywordCount: Int
    /// What it takes in memory, about.
    let byteCount: Int

    init(_ fields: [String: String]) {
        version = fields[":version"] ?? ""
        byteCount = 256 + fields.reduce(0) { $0 + 2 * ($1.key.utf8.count + $1.value.utf8.count) }
        scenarios = fields.compactMap { id, text -> Entry? in
            let parts = text.split(separator: " ", maxSplits: 1)
            guard id != ":version", parts.count == 2,
                let definition = Scenario.Definition(json: String(parts[1]))
            else { return nil }
            return Entry(
                id: id, isEnabled: parts[0] == "running", definition: definition,
                keywords: Keywords(definition.trigger.keywords, definition.trigger.match))
        }
        .sorted { $0.id < $1.id }
        keywordCount = scenarios.reduce(0) { $0 + $1.definition.trigger.keywords.count }
    }

    /// Those that the event triggers, if they are enabled.
    func triggered(by event: InboundEvent) -> [Entry] {
        let text = Keywords.folded(event.text ?? "")
        return scenarios.filter { $0.definition.trigger.event == event.kind && $0.keywords.match(folded: text) }
    }
}
