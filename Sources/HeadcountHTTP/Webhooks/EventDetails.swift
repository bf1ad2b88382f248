internal import Headcount

/// What an event says of itself, besides its text.
enum EventDetails {
    /// Those that are there.
    static func those(in values: [String: JSONValue?]) -> [String: String] {
        values.compactMapValues { value in value?.word?.cut(toBytes: InboundEvent.maximumDetail) }
    }
}
