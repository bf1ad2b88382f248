/// Reads JSON (RFC 8259) that others wrote.
///
/// `JSONDecoder` refuses a whole body for half an emoji or for deep nesting somewhere in it, and keeps the digits of large
/// numbers only where it knows that they are ids.
struct JSONReader {
    /// What is nested deeper is only skipped.
    private static let maximumDepth = 64
    /// U+FFFD, in the place of half a surrogate pair: Meta cuts long texts where it likes.
    private static let replacement: Unicode.Scalar = "\u{FFFD}"

    private struct Malformed: Error {}

    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The one value that the bytes are.
    ///
    /// - Throws: ``Problem`` of the kind `malformedJSON`.
    static func value(of bytes: [UInt8]) throws -> JSONValue {
        var reader = JSONReader(bytes)
        do {
            let value = try reader.value(depth: 0)
            reader.skipSpace()
            guard reader.position == bytes.count else { throw Malformed() }
            return value
        } catch {
            throw Problem(.malformedJSON, "the body is no JSON")
        }
    }

    /// The byte at the position; at the end 0, which stands nowhere in JSON.
    private var next: UInt8 { position < bytes.count ? bytes[position] : 0 }

    private mutating func value(depth: Int) throws -> JSONValue {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            guard depth < Self.maximumDepth else {
                try skipNested()
                return .garbled
            }
            return next == UInt8(ascii: "{") ? try object(depth: depth + 1) : try array(depth: depth + 1)
        case UInt8(ascii: "\""): return try string().map(JSONValue.string) ?? .garbled
        case UInt8(ascii: "t"):
            try skip("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try skip("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try skip("null")
            return .null
        default: return .number(try number())
        }
    }

    /// Of two fields of the same name the last one counts. One whose name is no UTF-8 is left out.
    private mutating func object(depth: Int) throws -> JSONValue {
        var fields: [String: JSONValue] = [:]
        position += 1
        skipSpace()
        if skip(ifNext: UInt8(ascii: "}")) { return .object(fields) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw Malformed() }
            let name = try string()
            skipSpace()
            try skip(":")
            let value = try value(depth: depth)
            if let name { fields[name] = value }
            skipSpace()
            if skip(ifNext: UInt8(ascii: "}")) { return .object(fields) }
            try skip(",")
        }
    }

    private mutating func array(depth: Int) throws -> JSONValue {
        var elements: [JSONValue] = []
        position += 1
        skipSpace()
        if skip(ifNext: UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth))
            skipSpace()
            if skip(ifNext: UInt8(ascii: "]")) { return .array(elements) }
            try skip(",")
        }
    }

    /// Goes past a byte if it is the next one, and says whether it was.
    private mutating func skip(ifNext byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    /// Goes past an array or an object, without calling itself for what is in it.
    private mutating func skipNested() throws {
        var open = 0
        repeat {
            switch next {
            case UInt8(ascii: "\""): _ = try string()
            case 0: throw Malformed()
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                open += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                open -= 1
                position += 1
            default: position += 1
            }
        } while open > 0
    }

    /// Nil for one that is no UTF-8.
    private mutating func string() throws -> String? {
        position += 1
        let start = position
        while true {
            switch next {
            case UInt8(ascii: "\""):
                let text = String(validating: bytes[start..<position], as: UTF8.self)
                position += 1
                return text
            case UInt8(ascii: "\\"): return try stringWithEscapes(from: start)
            // Also the end.
            case 0..<0x20: throw Malformed()
            default: position += 1
            }
        }
    }

    private mutating func stringWithEscapes(from start: Int) throws -> String? {
        var text = Array(bytes[start..<position])
        while true {
            switch next {
            case UInt8(ascii: "\""):
                position += 1
                return String(validating: text, as: UTF8.self)
            case UInt8(ascii: "\\"): text += try String(escaped()).utf8
            case 0..<0x20: throw Malformed()
            default:
                text.append(next)
                position += 1
            }
        }
    }

    private mutating func escaped() throws -> Unicode.Scalar {
        position += 1
        let letter = next
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedUnit()
        default: throw Malformed()
        }
    }

    /// `\uXXXX` of one UTF-16 unit, or two of them for one scalar. The position is after the first `u`.
    private mutating func escapedUnit() throws -> Unicode.Scalar {
        let unit = try hexadecimal()
        guard (0xD800..<0xDC00).contains(unit) else { return Unicode.Scalar(unit) ?? Self.replacement }
        let afterFirst = position
        guard skip(ifNext: UInt8(ascii: "\\")), skip(ifNext: UInt8(ascii: "u")) else {
            position = afterFirst
            return Self.replacement
        }
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second) else {
            position = afterFirst
            return Self.replacement
        }
        return Unicode.Scalar(0x10000 + (UInt32(unit - 0xD800) << 10 | UInt32(second - 0xDC00))) ?? Self.replacement
    }

    private mutating func hexadecimal() throws -> UInt16 {
        var unit: UInt16 = 0
        for _ in 0..<4 {
            let digit: UInt8
            switch next {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = next - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = next - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = next - UInt8(ascii: "A") + 10
            default: throw Malformed()
            }
            unit = unit << 4 | UInt16(digit)
            position += 1
        }
        return unit
    }

    private mutating func number() throws -> String {
        let start = position
        if next == UInt8(ascii: "-") { position += 1 }
        let startsWithZero = next == UInt8(ascii: "0")
        let count = skipDigits()
        guard count == 1 || (count > 1 && !startsWithZero) else { throw Malformed() }
        if next == UInt8(ascii: ".") {
            position += 1
            guard skipDigits() > 0 else { throw Malformed() }
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            position += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { position += 1 }
            guard skipDigits() > 0 else { throw Malformed() }
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Returns how many there were.
    private mutating func skipDigits() -> Int {
        let start = position
        while (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(next) { position += 1 }
        return position - start
    }

    private mutating func skipSpace() {
        while next == 0x20 || next == 0x0A || next == 0x0D || next == 0x09 { position += 1 }
    }

    private mutating func skip(_ expected: String) throws {
        for byte in expected.utf8 {
            guard next == byte else { throw Malformed() }
            position += 1
        }
    }
}
