/// A JSON value as it was written: numbers keep their digits, of which ids have more than a `Double` can hold.
enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    /// The number as it was written.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
    /// A string that is no UTF-8, or what is nested too deep: of no use, but no reason to refuse what is around it.
    case garbled

    /// The field of an object; nil if there is none, or null.
    subscript(name: String) -> JSONValue? {
        guard case .object(let fields) = self, let value = fields[name] else { return nil }
        if case .null = value { return nil }
        return value
    }

    /// A string.
    var text: String? {
        if case .string(let text) = self { text } else { nil }
    }

    /// An id: a string that isn't empty, or the digits of a whole number.
    var id: String? {
        switch self {
        case .string(let text): text.isEmpty ? nil : text
        case .number(let digits): digits.isDigits ? digits : nil
        default: nil
        }
    }

    /// A string that isn't empty, a number or a truth, in words.
    var word: String? {
        switch self {
        case .string(let text): text.isEmpty ? nil : text
        case .number(let digits): digits
        case .bool(let flag): String(flag)
        default: nil
        }
    }
}

extension String {
    /// Whether there is nothing in it but the digits 0 to 9, and one at least.
    var isDigits: Bool {
        !isEmpty && utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
