/// A reply of Redis in the protocol RESP2.
package enum RedisValue: Sendable, Equatable {
    case null
    case integer(Int)
    /// A simple string, such as `OK`.
    case status(String)
    /// A bulk string: any bytes.
    case string([UInt8])
    /// An error reply; its first word is a code such as `NOSCRIPT`.
    case error(String)
    case array([RedisValue])
}

extension RedisValue {
    /// The value as text: statuses, integers and bulk strings that are UTF-8.
    package var text: String? {
        switch self {
        case .status(let text): text
        case .string(let bytes): String(validating: bytes, as: UTF8.self)
        case .integer(let value): String(value)
        case .null, .error, .array: nil
        }
    }

    /// The value as a number: integers, and text that is one.
    package var integer: Int? {
        if case .integer(let value) = self { return value }
        return text.flatMap { Int($0) }
    }

    package var elements: [RedisValue]? {
        if case .array(let elements) = self { return elements }
        return nil
    }

    /// A flat list of fields and values, as `HGETALL` answers it.
    package var fields: [String: String]? {
        guard let elements, elements.count.isMultiple(of: 2) else { return nil }
        var fields: [String: String] = [:]
        for index in stride(from: 0, to: elements.count, by: 2) {
            guard let name = elements[index].text, let value = elements[index + 1].text else { return nil }
            fields[name] = value
        }
        return fields
    }
}
