internal import EmbeddedRedis
public import Foundation
internal import Synchronization

/// A real program, run with its own standard streams: output goes to files, so that no pipe fills up and none is kept
/// open by another child.
///
/// It is killed with the last reference, if it still runs then.
public final class ChildProcess: Sendable {
    /// How it ended.
    public struct Outcome: Sendable {
        /// The exit status, or 128 and the signal's number.
        public let status: Int32
        /// What it wrote to standard output.
        public let output: String
        /// What it wrote to standard error.
        public let errors: String
        /// How long it ran.
        public let duration: Duration

        /// The lines of standard output.
        public var lines: [Substring] { output.split(separator: "\n") }
    }

    /// It did not end in time and was killed.
    public struct TimedOut: Error {
        /// What it wrote to standard error until then.
        public let errors: String
    }

    /// Its process id.
    public let processID: pid_t
    private let folder: URL
    private let input: Mutex<FileHandle?>
    private let started = ContinuousClock.now
    private let status = Mutex<Int32?>(nil)

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - arguments: the program's name or path, and its arguments.
    ///   - environment: added to this process's.
    ///   - input: what it reads; nil to feed it with ``write(_:)``.
    public init(_ arguments: [String], environment: [String: String] = [:], input: Data? = Data()) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "headcount-child-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        do {
            let streams = try Self.standardInput(input, folder: folder)
            defer { close(streams.child) }
            self.input = Mutex(streams.parent)
            processID = try Spawn.start(
                arguments, environment: environment, input: streams.child,
                output: folder.appending(path: "out").path, errors: folder.appending(path: "err").path)
        } catch {
            try? FileManager.default.removeItem(at: folder)
            throw error
        }
        self.folder = folder
    }

    /// The child's end, and this process's if it is to write more.
    private static func standardInput(_ input: Data?, folder: URL) throws -> (child: Int32, parent: FileHandle?) {
        if let input {
            let source = folder.appending(path: "in")
            try input.write(to: source)
            return (open(source.path, O_RDONLY | O_CLOEXEC), nil)
        }
        var pair: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        return (pair[0], FileHandle(fileDescriptor: pair[1], closeOnDealloc: true))
    }

    deinit {
        if reap() == nil {
            kill(processID, SIGKILL)
            while waitpid(processID, nil, 0) < 0 && errno == EINTR {}
        }
        try? FileManager.default.removeItem(at: folder)
    }

    /// Runs a program to its end.
    public static func run(
        _ arguments: [String], environment: [String: String] = [:], input: Data = Data(),
        within limit: Duration = .seconds(120)
    ) async throws -> Outcome {
        try await ChildProcess(arguments, environment: environment, input: input).wait(within: limit)
    }

    /// Feeds its standard input, which must have been left open; throws when it reads no more.
    public func write(_ text: String) throws {
        try input.withLock { input in
            guard let input else { return }
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                // Not `FileHandle.write`: that one's SIGPIPE would end this process.
                let count = rest.withUnsafeBytes {
                    send(input.fileDescriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno != EINTR {
                    throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
                }
            }
        }
    }

    /// Ends its standard input.
    public func closeInput() {
        input.withLock { $0 = nil }
    }

    /// How many bytes it has written to standard output so far.
    public var outputBytes: Int {
        (try? FileManager.default.attributesOfItem(atPath: folder.appending(path: "out").path)[.size] as? Int) ?? 0
    }

    /// What it has written to standard output so far.
    public var outputSoFar: String { text("out") }

    /// The lines of standard output as they come, until it ends.
    public var lines: ChildLines {
        ChildLines(path: folder.appending(path: "out").path, hasEnded: { self.reap() != nil })
    }

    /// Sends it a signal, unless it has ended.
    public func signal(_ number: Int32) {
        status.withLock { status in
            if status == nil { kill(processID, number) }
        }
    }

    /// Waits for its end; kills it and throws ``TimedOut`` when that takes too long.
    public func wait(within limit: Duration = .seconds(120)) async throws -> Outcome {
        while true {
            if let status = reap() {
                return Outcome(
                    status: status, output: text("out"), errors: text("err"), duration: ContinuousClock.now - started)
            }
            guard ContinuousClock.now - started < limit else {
                signal(SIGKILL)
                while reap() == nil { try await Task.sleep(for: .milliseconds(5)) }
                throw TimedOut(errors: text("err"))
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Its status, once it has ended.
    private func reap() -> Int32? {
        status.withLock { status in
            var raw: Int32 = 0
            if status == nil, waitpid(processID, &raw, WNOHANG) == processID {
                let signal = raw & 0x7F
                status = signal == 0 ? (raw >> 8) & 0xFF : 128 + signal
            }
            return status
        }
    }

    /// The most memory that it has had so far, in bytes. (`wait4` would count this process's own, from before `exec`.)
    public var peakMemory: Int {
        let text = (try? String(contentsOfFile: "/proc/\(processID)/status", encoding: .utf8)) ?? ""
        return text.firstMatch(of: /VmHWM:\s+(\d+) kB/).flatMap { Int($0.1) }.map { $0 * 1024 } ?? 0
    }

    private func text(_ name: String) -> String {
        let data = (try? Data(contentsOf: folder.appending(path: name))) ?? Data()
        return String(decoding: data, as: UTF8.self)
    }
}
