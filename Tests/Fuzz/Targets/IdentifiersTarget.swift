@testable import Headcount

/// Ids and actions: what is accepted forges no key and no line, and an action's text is read as the same action.
extension FuzzTarget {
    static let identifiers = FuzzTarget(
        name: "identifiers",
        words: [
            "acct_42", "campaign", ":", "{", "}", "é", "\u{301}", "\u{85}", "\u{7F}", "\u{0}", "@", "..", "ai_agent:1",
        ]
    ) { bytes in
        let text = FuzzInput(bytes).text
        if (try? Identifier.check(account: text)) != nil {
            let isSafe = text.unicodeScalars.allSatisfy {
                $0.isASCII
                    && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || "._-:@".unicodeScalars.contains($0))
            }
            try hold(isSafe && (1...128).contains(text.utf8.count), "an account id that is not allowed")
        }
        if (try? Identifier.check(contact: text)) != nil {
            let isSafe = !text.unicodeScalars.contains { $0.properties.generalCategory == .control }
            try hold(isSafe && (1...256).contains(text.utf8.count), "a contact id that is not allowed")
            let action = try Action(kind: "campaign", id: text)
            try hold((try? Action(action.description)) == action, "'\(action)' is read as another action")
        }
        if let action = try? Action(text) {
            try hold(action.description.utf8.elementsEqual(text.utf8), "'\(text)' is read as '\(action)'")
            _ = try? ActionKinds.standard.counts(action)
        }
        let shown = text.printable
        try hold(!shown.utf8.contains { $0 < 0x20 || $0 == 0x7F }, "control characters are shown")
        if let seconds = DurationText.seconds(text) {
            try hold(DurationText.seconds(DurationText.text(seconds)) == seconds, "\(seconds) s are written otherwise")
        }
    }
}
