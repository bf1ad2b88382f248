/// Cuts bytes that come in pieces of any size into lines.
struct BackupLineSplitter {
    private var buffer: [UInt8] = []
    /// Where in `buffer` the next line starts, and where to go on looking for its end.
    private var start = 0
    private var scanned = 0
    private var number = 1

    mutating func append(_ piece: [UInt8]) throws(HeadcountError) {
        buffer.removeSubrange(..<start)
        scanned -= start
        start = 0
        buffer.append(contentsOf: piece)
        guard buffer.count <= BackupLine.maximumBytes + piece.count else {
            throw HeadcountError(
                .invalidBackup,
                "line \(number) is longer than \(BackupLine.maximumBytes) bytes, which no line of a backup is")
        }
    }

    /// The next complete line, without its end.
    mutating func next() -> [UInt8]? {
        guard let end = buffer[scanned...].firstIndex(of: UInt8(ascii: "\n")) else {
            scanned = buffer.count
            return nil
        }
        let line = Array(buffer[start..<end])
        start = end + 1
        scanned = start
        number += 1
        return line
    }

    /// A last line without an end.
    var rest: [UInt8]? { start < buffer.count ? Array(buffer[start...]) : nil }
}
