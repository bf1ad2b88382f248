internal import Foundation

/// What kept a journal from being written or read, in words for a person.
struct JournalFailure: Error, CustomStringConvertible {
    let description: String

    /// - Parameter what: to follow "can't", such as `write /var/journal/x`.
    init(cannot what: String, _ code: Int32 = errno) {
        description = "the process can't \(what): \(String(cString: strerror(code)))"
    }
}

/// A journal of this process: made anew, locked until it is closed, and only ever appended to.
///
/// Not to be used by two threads at once.
final class JournalFile {
    static let suffix = ".journal"

    let path: String
    private let descriptor: Int32
    /// Bytes that are on disk for sure.
    private var length: off_t = 0
    /// It may hold what was never said to be written: nothing may come behind it.
    private(set) var isBroken = false

    /// Makes `DATE-PID-RANDOM.journal`: processes in containers may have the same number.
    init(in directory: String) throws(JournalFailure) {
        let time = Date().formatted(
            .iso8601.timeZoneSeparator(.omitted).dateSeparator(.omitted).timeSeparator(.omitted))
        let random = String(UInt32.random(in: 0...UInt32.max), radix: 16)
        path = "\(directory)/\(time)-\(getpid())-\(random)\(Self.suffix)"
        descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw JournalFailure(cannot: "make a journal in \(directory)") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { throw JournalFailure(cannot: "lock \(path)") }
        try Self.synchronize(directory: directory)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Returns once the bytes are on disk. When they can't be, the file is as it was before.
    func append(_ bytes: Data) throws(JournalFailure) {
        do throws(JournalFailure) {
            try write(bytes)
            guard Self.synchronize(descriptor) == 0 else { throw JournalFailure(cannot: "write \(path) to its disk") }
            length += off_t(bytes.count)
        } catch {
            isBroken = ftruncate(descriptor, length) != 0 || Self.synchronize(descriptor) != 0
            throw error
        }
    }

    private func write(_ bytes: Data) throws(JournalFailure) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw JournalFailure(cannot: "write \(path)", count == 0 ? ENOSPC : errno) }
            rest = rest.dropFirst(count)
        }
    }

    private static func synchronize(_ descriptor: Int32) -> Int32 {
        #if os(Linux)
            fdatasync(descriptor)
        #else
            fcntl(descriptor, F_FULLFSYNC)
        #endif
    }

    /// So that the file itself is still there after the machine's power has failed.
    private static func synchronize(directory: String) throws(JournalFailure) {
        let descriptor = open(directory, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw JournalFailure(cannot: "open \(directory)") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw JournalFailure(cannot: "write \(directory) to its disk") }
    }

    /// - Throws: ``HeadcountError/Code/invalidConfiguration`` unless journals can be made there.
    static func check(directory: String) throws(HeadcountError) {
        var status = stat()
        guard !directory.isEmpty, stat(directory, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
            throw HeadcountError(
                .invalidConfiguration, "no such directory for journals; make it, on a disk that outlives the process",
                value: directory)
        }
        guard access(directory, W_OK | X_OK) == 0 else {
            throw HeadcountError(
                .invalidConfiguration,
                "this directory for journals can't be written: \(String(cString: strerror(errno)))",
                value: directory)
        }
    }
}
