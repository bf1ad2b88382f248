internal import Foundation
public import Logging

/// A backend of swift-log that writes one JSON object a line to standard error: `time`, `level`, `logger`, `message`, and
/// the metadata beside them.
public struct JSONLogHandler: LogHandler {
    /// What every message of this logger carries.
    public var metadata: Logger.Metadata = [:]
    /// The least level that is written.
    public var logLevel: Logger.Level
    private let label: String

    /// A handler for the logger called `label`.
    public init(label: String, level: Logger.Level) {
        self.label = label
        logLevel = level
    }

    /// A single piece of metadata.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a line.
    public func log(event: LogEvent) {
        var fields = metadata.merging(event.metadata ?? [:]) { $1 }.mapValues(\.description)
        if let error = event.error { fields["error"] = "\(error)" }
        fields["time"] = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        fields["level"] = event.level.rawValue
        fields["logger"] = label
        fields["message"] = event.message.description
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard var line = try? encoder.encode(fields) else { return }
        line.append(UInt8(ascii: "\n"))
        // One call, so that lines of several threads don't mix.
        try? FileHandle.standardError.write(contentsOf: line)
    }
}
