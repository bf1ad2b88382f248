/// How much of an event is kept, in bytes: as much as ``InboundEvent`` may have.
enum EventBounds {
    static let text = 4_096
    static let detail = 1_024
}

extension String {
    /// Its first bytes, without a part of a character's encoding at the end.
    func cut(toBytes maximum: Int) -> String {
        guard utf8.count > maximum else { return self }
        let bytes = Array(utf8.prefix(maximum + 1))
        var end = maximum
        // Continuation bytes, 10xxxxxx.
        while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}

/// What an event says of itself, besides its text.
enum EventDetails {
    /// Those that are there.
    static func those(in values: [String: JSONValue?]) -> [String: String] {
        values.compactMapValues { value in value?.word?.cut(toBytes: EventBounds.detail) }
    }
}
