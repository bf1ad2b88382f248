/// One line of an audience file.
struct AudienceLine {
    /// Longest line or CSV row, in bytes.
    static let maximumBytes = 64 * 1024

    /// The file's first is 1.
    let number: Int
    /// The line without its end; of one that is too long, the start.
    let bytes: ArraySlice<UInt8>
    /// Whether the line has more than ``maximumBytes``.
    var isTooLong = false

    /// Whether the line has nothing but spaces and tabs.
    var isBlank: Bool { !isTooLong && bytes.allSatisfy(Self.isSpace) }

    /// The first byte that is neither a space nor a tab.
    var firstMark: UInt8? { bytes.first { !Self.isSpace($0) } }

    /// What is wrong with a line that is too long.
    static let excess = "is longer than 64 KiB"
    /// The record of a line that is too long.
    var tooLong: AudienceRecord { AudienceRecord(line: number, fault: Self.excess, text: bytes) }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}

/// Makes records of the lines of one format.
protocol AudienceLineReader: Sendable {
    /// Takes the next line and adds the records that are complete with it.
    mutating func read(_ line: AudienceLine, into records: inout [AudienceRecord]) throws(HeadcountError)

    /// Adds what is left once the last line was read.
    mutating func finish(into records: inout [AudienceRecord]) throws(HeadcountError)
}

extension AudienceLineReader {
    mutating func finish(into records: inout [AudienceRecord]) {}
}
