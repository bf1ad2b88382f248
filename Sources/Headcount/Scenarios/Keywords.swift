internal import Foundation

/// A trigger's keywords, ready to be compared with texts.
struct Keywords: Sendable {
    private let words: [String]
    private let match: KeywordMatch

    init(_ words: [String], _ match: KeywordMatch) {
        self.words = words.map(Self.folded)
        self.match = match
    }

    /// - Parameter text: as ``folded(_:)`` made it.
    func match(folded text: String) -> Bool {
        switch match {
        case .any: true
        case .exact: words.contains(text)
        case .contains: words.contains { Self.contains(text, $0) }
        }
    }

    /// By bytes, and not by what Swift takes for a character: what somebody sent may be long, and the keywords many.
    private static func contains(_ text: String, _ word: String) -> Bool {
        var (text, word) = (text, word)
        return text.withUTF8 { text in
            word.withUTF8 { word in
                guard let start = text.baseAddress, let wanted = word.baseAddress else { return word.isEmpty }
                var from = 0
                while text.count - from >= word.count,
                    let place = memchr(start + from, Int32(wanted[0]), text.count - from - word.count + 1)
                {
                    if memcmp(place, wanted, word.count) == 0 { return true }
                    from = UnsafeRawPointer(start).distance(to: place) + 1
                }
                return false
            }
        }
    }

    /// Whether it says only how the character before it is drawn, in colour or not: keyboards differ in that.
    private static func isVariation(_ scalar: Unicode.Scalar) -> Bool { (0xFE00...0xFE0F).contains(scalar.value) }

    /// Compatibility forms and case folded, with one space for any run of white space and none around.
    static func folded(_ text: String) -> String {
        // Nothing else can be said in ASCII, and Foundation takes its time.
        if text.utf8.allSatisfy({ $0 < 0x80 }) {
            return text.lowercased().split(whereSeparator: \.isWhitespace).joined(separator: " ")
        }
        return text.escapingScalars { isVariation($0) ? "" : nil }.precomposedStringWithCompatibilityMapping.folding(
            options: .caseInsensitive, locale: nil
        )
        // What is left of the Turkish capital I with a dot.
        .replacing("i\u{307}", with: "i")
        .precomposedStringWithCompatibilityMapping
        .split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
