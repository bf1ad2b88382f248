/// A backup that can be read from its beginning as often as it takes.
package protocol BackupSource {
    /// Goes back to the beginning.
    func rewind() throws
    /// What comes next, in pieces of any size; empty at the end.
    func read() throws -> [UInt8]
}

extension BackupSource {
    /// Reads all of it from its beginning, line by line.
    ///
    /// - Parameter visit: takes what a line holds, but for the first and the last one.
    /// - Throws: ``HeadcountError/Code/invalidBackup``, with the line's number.
    func forEachPage(_ visit: (BackupPage) async throws -> Void) async throws -> (BackupHeader, BackupTally) {
        try rewind()
        var reader = BackupReader()
        var lines = BackupLineSplitter()
        while true {
            let piece = try read()
            if piece.isEmpty { break }
            try lines.append(piece)
            while let line = lines.next() {
                if let page = try reader.read(line) { try await visit(page) }
            }
        }
        // What is left has no line end: the line was cut off, even if it looks complete.
        if let rest = lines.rest, try reader.read(rest) != nil {
            throw HeadcountError(.invalidBackup, "line \(reader.tally.lines + 1) has no end: the backup was cut off")
        }
        return (try reader.finish(), reader.tally)
    }
}
