import Foundation

@testable import HeadcountHTTP

/// The reader of others' JSON: it reads whatever Foundation reads, and what it has read when that is written again.
extension FuzzTarget {
    static let json = FuzzTarget(name: "json", words: jsonWords) { bytes in
        let value: JSONValue
        do {
            value = try JSONReader.value(of: bytes)
        } catch {
            try hold((error as? Problem)?.kind == .malformedJSON, "another error: \(error)")
            // It takes text with zeros or a byte-order mark for UTF-16.
            let isPlain = !bytes.contains(0) && bytes.first != 0xEF
            let isRead = (try? JSONSerialization.jsonObject(with: Data(bytes), options: .fragmentsAllowed)) != nil
            try hold(!isPlain || !isRead, "Foundation reads it")
            return
        }
        try hold((try? JSONReader.value(of: value.written)) == value, "written and read again is another")
    }
}

/// What stands often in JSON.
let jsonWords = [
    "{", "}", "[", "]", "\"", "\\", ",", ":", "null", "true", "false", "\\u00e9", "\\ud83c", "\\udf89", "0", "-", "1e9",
    "1e999", "0.5", "{}", "[]", "\"\"", "é", "[[[[[[[[[[", "{\"a\":", "99999999999999999999",
]

extension JSONValue {
    /// As JSON.
    fileprivate var written: [UInt8] {
        switch self {
        case .null: Array("null".utf8)
        case .bool(let flag): Array(String(flag).utf8)
        case .number(let digits): Array(digits.utf8)
        case .string(let text): Self.quoted(text)
        case .array(let elements): Array("[".utf8) + elements.map(\.written).joined(by: ",") + Array("]".utf8)
        case .object(let fields):
            Array("{".utf8)
                + fields.map { Self.quoted($0) + Array(" : ".utf8) + $1.written }.joined(by: ",")
                + Array("}".utf8)
        // A string that is no UTF-8.
        case .garbled: [UInt8(ascii: "\""), 0xFF, UInt8(ascii: "\"")]
        }
    }

    private static func quoted(_ text: String) -> [UInt8] {
        var json = "\""
        for unit in text.utf16 {
            let digits = String(unit, radix: 16)
            json += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
        return Array((json + "\"").utf8)
    }
}

extension [[UInt8]] {
    fileprivate func joined(by separator: String) -> [UInt8] {
        let joined: JoinedSequence<Self> = self.joined(separator: separator.utf8)
        return [UInt8](joined)
    }
}
