internal import Foundation

/// The wall clock of a child process, moved: `Tests/ShiftClock/shift_clock.c`, preloaded.
public struct ShiftedClock: Sendable {
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
        let file = Products.directory.appending(path: "shift-\(UUID().uuidString)")
        try Data(count: MemoryLayout<Int64>.size).write(to: file)
        return try ShiftedClock(["CLOCK_SHIFT_FILE": file.path], file: file)
    }

    private init(_ environment: [String: String], file: URL?) throws {
        self.environment = environment.merging(["LD_PRELOAD": try Self.library.get().path]) { $1 }
        self.file = file
    }

    /// Moves a movable clock so that it shows `epochSeconds` now.
    public func set(to epochSeconds: Int) throws {
        guard let file else { preconditionFailure("only a movable clock can be set") }
        var shift = Int64(epochSeconds) - Int64(Date().timeIntervalSince1970)
        let handle = try FileHandle(forWritingTo: file)
        // In place: the process has the file mapped.
        try handle.write(contentsOf: withUnsafeBytes(of: &shift) { Data($0) })
        try handle.close()
    }

    /// Compiled once for all tests of a process.
    private static let library = Result { () throws -> URL in
        let source = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "ShiftClock/shift_clock.c")
        let library = Products.directory.appending(path: "shift_clock-\(ProcessInfo.processInfo.processIdentifier).so")
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["cc", "-shared", "-fPIC", "-O2", "-o", library.path, source.path]
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.executableLoad) }
        return library
    }
}
