import Foundation

@testable import HeadcountHTTP

/// Queries and forms: what is written is read, and of what nobody would write, each is refused or read as its bytes say.
extension FuzzTarget {
    static let query = FuzzTarget(
        name: "query",
        words: [
            "contact", "limit", "=", "&", "%20", "%", "%zz", "%C3%A9", "+", "&contact=", "é", "\u{301}", "7", "next=/",
        ]
    ) { bytes in
        let text = FuzzInput(bytes).text
        let known: Set<String> = ["contact", "limit", "next"]
        if let read = try? QueryParameters(text, known: known, kind: .invalidQuery, ignoresOthers: true) {
            for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
                let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
                let name = decoded(parts[0])
                guard known.contains(name) else { continue }
                let value = decoded(parts.count > 1 ? parts[1] : Substring().utf8)
                try hold(read[name]?.utf8.elementsEqual(value.utf8) == true, "\(name) is not '\(value)'")
            }
            if let limit = try? read.integer("limit", in: 1...100) {
                try hold((1...100).contains(limit), "limit is \(limit)")
            }
            if let path = SignIn.localPath(read["next"]) {
                try hold(
                    URL(string: path, relativeTo: URL(string: "https://here"))?.host() == "here", "'\(path)' leads away"
                )
            }
        }
        let written = "contact=" + (text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
        let again = try QueryParameters(written, known: known, kind: .invalidQuery)["contact"]
        try hold(again?.utf8.elementsEqual(text.utf8) == true, "'\(written)' is read as another text")
    }

    /// Of text whose escapes are right.
    private static func decoded(_ text: Substring.UTF8View) -> String {
        String(decoding: text.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }, as: UTF8.self)
            .removingPercentEncoding ?? ""
    }
}
