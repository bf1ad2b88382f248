/// How contacts' lists say what events meant, as in trigger.lua.
enum EventText {
    private static let maximumID = 256

    /// An event's id as one word, of at most 256 characters, that turns no text around; nil for none.
    static func id(_ id: String?) -> String? {
        guard let id, !id.isEmpty else { return nil }
        // As all of Meta's are.
        if id.utf8.count <= maximumID, id.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") }) {
            return id
        }
        let word = id.escapingScalars { $0.properties.isWhitespace ? "_" : String($0).printable }
        return String(String.UnicodeScalarView(word.unicodeScalars.prefix(maximumID)))
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
