internal import Crypto

/// Takes a backup's lines one after the other, and says on which one it is not what it should be.
package struct BackupReader {
    /// Nil before the first line.
    package private(set) var header: BackupHeader?
    /// What was read so far.
    package private(set) var tally = BackupTally()
    private var end: BackupEnd?
    private var number = 0
    private var digest = SHA256()

    package init() {}

    /// - Parameter line: without its end.
    /// - Returns: The line's content; nil for the first and the last one.
    /// - Throws: ``HeadcountError/Code/invalidBackup``, with the line's number.
    package mutating func read(_ line: [UInt8]) throws(HeadcountError) -> BackupPage? {
        number += 1
        guard end == nil else { throw fault("comes after the last line of the backup") }
        let parsed: BackupLine
        do { parsed = try BackupLine(line) } catch { throw fault(error.text) }
        switch (parsed, header) {
        case (.header(let header), nil):
            self.header = header
            take(line)
            return nil
        case (_, nil): throw fault("is not the first line of a backup")
        case (.header, _): throw fault("is a first line once more")
        case (.page(let page), _):
            tally.add(page)
            take(line)
            return page
        case (.end(let end), _):
            guard end.tally == tally else {
                throw fault(
                    "says that there are \(end.tally.lines) lines with \(end.tally.elements) elements of \(end.tally.keys) keys, and "
                        + "there are \(tally.lines) with \(tally.elements) of \(tally.keys); some were lost")
            }
            guard end.sha256 == Hexadecimal.text(digest.finalize()) else {
                throw fault("has another SHA-256 than the lines before it; they were changed")
            }
            self.end = end
            return nil
        }
    }

    /// To be called after the last line.
    package func finish() throws(HeadcountError) -> BackupHeader {
        guard let header else {
            throw HeadcountError(.invalidBackup, "is empty; a backup has a first and a last line")
        }
        guard end != nil else {
            throw HeadcountError(
                .invalidBackup,
                "line \(number) is the last one, and not that of a backup: it was cut off, or is still being "
                    + "written")
        }
        return header
    }

    private mutating func take(_ line: [UInt8]) {
        digest.update(data: line)
        digest.update(data: [UInt8(ascii: "\n")])
    }

    private func fault(_ text: String) -> HeadcountError {
        HeadcountError(.invalidBackup, "line \(number) \(text)")
    }
}
