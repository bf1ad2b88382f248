internal import Headcount

/// Strings as JSON writes them, where `JSONEncoder` would be too slow.
enum JSONString {
    static func literal(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
        return "\"\(isPlain ? text : text.escapingScalars(escape))\""
    }

    /// Quotes, backslashes and control characters (RFC 8259, section 7).
    private static func escape(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\u{0}"..."\u{1F}":
            let digits = String(scalar.value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: return nil
        }
    }
}
