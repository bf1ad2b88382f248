public import Foundation
import Synchronization

/// A real program, run with its own standard streams: output goes to files, so that no pipe fills up and none is kept
/// open by another child.
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
        folder = FileManager.default.temporaryDirectory.appending(path: "headcount-child-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let source = folder.appending(path: "in")
        let fed: [Int32]
        if let input {
            try input.write(to: source)
            fed = [open(source.path, O_RDONLY | O_CLOEXEC)]
        } else {
            var pair: [Int32] = [-1, -1]
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pair)
            fed = pair
        }
        defer { close(fed[0]) }
        self.input = Mutex(fed.count > 1 ? FileHandle(fileDescriptor: fed[1], closeOnDealloc: true) : nil)

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, fed[0], STDIN_FILENO)
        for (descriptor, name) in [(STDOUT_FILENO, "out"), (STDERR_FILENO, "err")] {
            let path = folder.appending(path: name).path
            posix_spawn_file_actions_addopen(&actions, descriptor, path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        }
        let environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        let argv = arguments.map { strdup($0) } + [nil]
        let envp = environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var id: pid_t = 0
        let result = posix_spawnp(&id, arguments[0], &actions, nil, argv, envp)
        guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: result) ?? .EIO) }
        processID = id
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Runs a program to its end.
    public static func run(
        _ arguments: [String], environment: [String: String] = [:], input: Data = Data(),
        within limit: Duration = .seconds(120)
    ) async throws -> Outcome {
        try await ChildProcess(arguments, environment: environment, input: input).wait(within: limit)
    }

    /// Feeds its standard input, which must have been left open.
    public func write(_ text: String) throws {
        try input.withLock { try $0?.write(contentsOf: Data(text.utf8)) }
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

    /// Sends it a signal.
    public func signal(_ number: Int32) {
        kill(processID, number)
    }

    /// Waits for its end; kills it and throws ``TimedOut`` when that takes too long.
    public func wait(within limit: Duration = .seconds(120)) async throws -> Outcome {
        while true {
            if let status = reap() {
                return Outcome(
                    status: status, output: text("out"), errors: text("err"), duration: ContinuousClock.now - started)
            }
            guard ContinuousClock.now - started < limit else {
                kill(processID, SIGKILL)
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
