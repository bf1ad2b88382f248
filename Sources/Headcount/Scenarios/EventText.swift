/// How contacts' lists say what events meant, as in trigger.lua.
enum EventText {
    /// An event's id without spaces, shortened; nil for none.
    static func id(_ id: String?) -> String? {
        guard let id, !id.isEmpty else { return nil }
        return id.printable.replacing(" ", with: "_")
    }

    /// `welcome=started:1 promo=busy`
    static func reactions(_ text: some StringProtocol) -> [ContactRecord.ScenarioReaction] {
        text.split(separator: " ").compactMap { word in
            let parts = word.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            let reaction: ContactRecord.Reaction? =
                switch parts[1] {
                case "busy": .busy
                case "cooling_down": .coolingDown
                case "disabled": .disabled
                default: parts[1].split(separator: ":").last.flatMap { Int($0) }.map { .started($0) }
                }
            return reaction.map { .init(scenario: String(parts[0]), reaction: $0) }
        }
    }
}
