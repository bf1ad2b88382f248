import Headcount

/// One JSON object on a line of its own.
enum JSONLine {
    static func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONText.data(value), as: UTF8.self) + "\n"
    }
}
