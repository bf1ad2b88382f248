internal import Foundation

/// A journal that is read, line by line. Whatever its end looks like: a process that is killed may leave half a line,
/// which nobody was told to be written.
package struct JournalReader: ~Copyable {
    /// A line with its number, from 1.
    package struct Line: Sendable {
        package let number: Int
        package let content: Content
    }

    package enum Content: Sendable {
        case entry(JournalEntry)
        /// What is wrong with it.
        case fault(String)
        /// The last one, without its end.
        case torn
    }

    private static let pieceBytes = 256 * 1024
    /// No line that a process writes is longer, whatever has to be escaped in it.
    private static let longestLine = 16 * 1024

    package let path: String
    /// Whether nobody has it open, to write or to replay it, and nobody can as long as this reads it.
    package let isLocked: Bool
    private let descriptor: Int32
    private var rest = Data()
    private var number = 0
    private var isAtEnd = false

    /// - Throws: ``HeadcountError/Code/invalidJournal`` for a file that can't be read.
    package init(_ path: String) throws(HeadcountError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            let reason = descriptor < 0 ? String(cString: strerror(errno)) : "it is no file"
            if descriptor >= 0 { close(descriptor) }
            throw HeadcountError(.invalidJournal, "this journal can't be read: \(reason)", value: path)
        }
        isLocked = flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    deinit { close(descriptor) }

    /// The next lines, as many as a piece of the file has; nil at the end.
    ///
    /// - Throws: ``HeadcountError/Code/invalidJournal`` when the file can't be read any more.
    package mutating func next() throws(HeadcountError) -> [Line]? {
        guard !isAtEnd else { return nil }
        let piece = try read()
        isAtEnd = piece.isEmpty
        rest += piece
        var lines: [Line] = []
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            number += 1
            lines.append(Line(number: number, content: Self.content(of: rest[..<end])))
            rest = rest[(end + 1)...]
        }
        rest = Data(rest)
        if rest.count > Self.longestLine {
            throw HeadcountError(
                .invalidJournal, "this is no journal: line \(number + 1) has more than \(Self.longestLine) bytes",
                value: path)
        }
        if isAtEnd, !rest.isEmpty { lines.append(Line(number: number + 1, content: .torn)) }
        return lines
    }

    private static func content(of line: Data) -> Content {
        do throws(JournalEntry.Fault) { return .entry(try JournalEntry(line: line)) } catch {
            return .fault(error.reason)
        }
    }

    private func read() throws(HeadcountError) -> Data {
        var piece = Data(count: Self.pieceBytes)
        var count: Int
        repeat {
            count = piece.withUnsafeMutableBytes { Foundation.read(descriptor, $0.baseAddress, $0.count) }
        } while count < 0 && errno == EINTR
        guard count >= 0 else {
            throw HeadcountError(
                .invalidJournal, "this journal can't be read: \(String(cString: strerror(errno)))", value: path)
        }
        return piece.prefix(count)
    }

    /// The journals at a path: itself, or those of a directory that are not replayed yet, oldest first.
    ///
    /// - Throws: ``HeadcountError/Code/invalidJournal`` when there is nothing of that name.
    package static func journals(at path: String) throws(HeadcountError) -> [String] {
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) else {
            throw HeadcountError(.invalidJournal, "there is no such journal or directory", value: path)
        }
        guard isDirectory.boolValue else { return [path] }
        do {
            return try FileManager.default.contentsOfDirectory(atPath: path)
                .filter { $0.hasSuffix(JournalFile.suffix) }.sorted().map { "\(path)/\($0)" }
        } catch {
            throw HeadcountError(
                .invalidJournal, "this directory can't be read: \(error.localizedDescription)", value: path)
        }
    }

    /// Gives the file a name by which it is no longer taken for one that waits.
    ///
    /// - Returns: The name.
    package func markReplayed() throws(HeadcountError) -> String {
        let name = path + ".replayed"
        guard rename(path, name) == 0 else {
            throw HeadcountError(
                .invalidJournal, "this journal was replayed, but can't be renamed: \(String(cString: strerror(errno)))",
                value: path)
        }
        return name
    }
}
