internal import Crypto

/// Puts a backup's lines together: counts them, and knows the last one.
package struct BackupWriter {
    /// Most elements, and about most bytes, that a line gets.
    static let pageElements = 512
    static let pageBytes = 256 * 1024

    package private(set) var tally = BackupTally()
    private var digest = SHA256()

    package init() {}

    /// The first line.
    package mutating func header(_ header: BackupHeader) throws -> [UInt8] {
        try add(.header(header))
    }

    package mutating func page(_ page: BackupPage) throws -> [UInt8] {
        tally.add(page)
        return try add(.page(page))
    }

    /// The last line.
    package mutating func end() throws -> [UInt8] {
        let sum = Hexadecimal.text(digest.finalize())
        return try BackupLine.end(BackupEnd(tally: tally, sha256: sum)).bytes()
    }

    private mutating func add(_ line: BackupLine) throws -> [UInt8] {
        let bytes = try line.bytes()
        guard bytes.count <= BackupLine.maximumBytes else {
            guard case .page(let page) = line else { return bytes }
            throw HeadcountError(
                .unexpectedReply,
                "this key holds an element of \(bytes.count) bytes, which Headcount never writes; look at it",
                value: page.key.text)
        }
        digest.update(data: bytes)
        return bytes
    }
}
