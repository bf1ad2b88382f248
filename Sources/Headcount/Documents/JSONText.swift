package import Foundation

/// How documents are written: the same on the command line and over HTTP.
package enum JSONText {
    /// Compact, with keys in alphabetical order and times as `2026-11-30T23:00:00Z`.
    package static func data(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return try encoder.encode(value)
    }
}

/// A number that is null where no limit applies.
package struct LimitNumber: Encodable, Sendable {
    package let value: Int

    package init(_ value: Int) { self.value = value }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if value == .max { try container.encodeNil() } else { try container.encode(value) }
    }
}

/// A value whose key stays when it is null.
package struct Nullable<Value: Encodable & Sendable>: Encodable, Sendable {
    package let value: Value?

    package init(_ value: Value?) { self.value = value }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}
