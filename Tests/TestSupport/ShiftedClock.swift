internal import EmbeddedRedis
internal import Foundation

/// The wall clock of a child process, moved: `Tests/ShiftClock/shift_clock.c`, preloaded.
public struct ShiftedClock: Sendable {
    /// What kept the library from being built.
    public struct BuildError: Error, CustomStringConvertible {
        /// What the compiler said.
        public let description: String
    }

    /// To be added to the child's environment.
    public let environment: [String: String]
    private let file: URL?

    /// A clock that shows `epochSeconds` when the process starts.
    public static func starting(at epochSeconds: Int) throws -> ShiftedClock {
        try ShiftedClock(["CLOCK_STARTS_AT": String(epochSeconds)], file: nil)
    }

    /// A clock that is `seconds` ahead of the machine's.
    public static func shifted(by seconds: Int) throws -> ShiftedClock {
        try ShiftedClock(["CLOCK_SHIFT_SECONDS": String(seconds)], file: nil)
    }

    /// A clock that can be moved while the process runs.
    public static func movable() throws -> ShiftedClock {
        let file = try library.get().deletingLastPathComponent().appending(path: "shift-\(UUID().uuidString)")
        try Data(count: MemoryLayout<Int64>.size).write(to: file)
        return try ShiftedClock(["CLOCK_SHIFT_FILE": file.path], file: file)
    }

    private init(_ environment: [String: String], file: URL?) throws {
        self.environment = environment.merging(["LD_PRELOAD": try Self.library.get().path]) { $1 }
        self.file = file
    }

    /// Moves a movable clock so that it shows `epochSeconds` now.
    public func set(to epochSeconds: Int) throws {
        try set(shift: Int64(epochSeconds) - Int64(Date().timeIntervalSince1970))
    }

    /// Moves a movable clock on by so many seconds.
    public func advance(by seconds: Int) throws {
        let shift = try Data(contentsOf: movableFile).withUnsafeBytes { $0.loadUnaligned(as: Int64.self) }
        try set(shift: shift + Int64(seconds))
    }

    private func set(shift: Int64) throws {
        let handle = try FileHandle(forWritingTo: movableFile)
        // In place: the process has the file mapped.
        try handle.write(contentsOf: withUnsafeBytes(of: shift) { Data($0) })
        try handle.close()
    }

    private var movableFile: URL {
        guard let file else { preconditionFailure("only a movable clock can be moved") }
        return file
    }

    /// Compiled once for all tests of a process, and removed at its end.
    private static let library = Result { () throws -> URL in
        let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "ShiftClock/shift_clock.c")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(at: ShiftedClock.folder) }
        let library = folder.appending(path: "shift_clock.so")
        let errors = folder.appending(path: "cc.log").path
        let compiler = try Spawn.start(
            ["cc", "-shared", "-fPIC", "-O2", "-o", library.path, source.path], errors: errors)
        var status: Int32 = 0
        while waitpid(compiler, &status, 0) < 0 && errno == EINTR {}
        guard status == 0 else { throw BuildError(description: try String(contentsOfFile: errors, encoding: .utf8)) }
        return library
    }
    private static let folder = Products.directory
        .appending(path: "shift-clock-\(ProcessInfo.processInfo.processIdentifier)")
}
