/// Cuts bytes that come in pieces of any size into lines, and holds no more than the last piece and one line of
/// allowed length.
struct LineSplitter: Sendable {
    private static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private var buffer: [UInt8] = []
    /// Where in `buffer` the next line starts.
    private var start = 0
    /// Where to go on looking for the end of that line.
    private var scanned = 0
    private var number = 1
    /// Whether the file's start, where a byte-order mark may be, is still to come.
    private var isAtStart = true
    /// Whether `start` is inside a line that was too long.
    private var isSkipping = false

    mutating func append(_ piece: some Collection<UInt8>) {
        buffer.removeSubrange(..<start)
        scanned -= start
        start = 0
        buffer.append(contentsOf: piece)
    }

    /// The next complete line, or the start of one that is known to be too long.
    mutating func next() -> AudienceLine? {
        if isAtStart {
            // Too few bytes to tell yet.
            if buffer.count < 3, Self.byteOrderMark.starts(with: buffer) { return nil }
            isAtStart = false
            if buffer.starts(with: Self.byteOrderMark) { start = 3 }
            scanned = start
        }
        while start < buffer.count {
            let end = buffer[scanned...].firstIndex(of: UInt8(ascii: "\n"))
            scanned = end ?? buffer.count
            let bytes = buffer[start..<scanned]
            let isTooLong = bytes.count > AudienceLine.maximumBytes
            guard end != nil || isTooLong else { return nil }

            let line = isSkipping ? nil : Self.line(number, bytes, isTooLong: isTooLong)
            isSkipping = end == nil
            if end != nil {
                number += 1
                scanned += 1
            }
            start = scanned
            if let line { return line }
        }
        return nil
    }

    private static func line(_ number: Int, _ bytes: ArraySlice<UInt8>, isTooLong: Bool) -> AudienceLine {
        if isTooLong {
            // Always the same part, however much of the line has come in.
            return AudienceLine(number: number, bytes: bytes.prefix(AudienceLine.maximumBytes), isTooLong: true)
        }
        return AudienceLine(number: number, bytes: bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes)
    }
}
