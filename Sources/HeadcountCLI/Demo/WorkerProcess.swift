import Foundation

/// A child process of the demo, its output in a file.
struct WorkerProcess {
    private let process = Process()
    private let output: URL
    private var errors: URL { output.appendingPathExtension("err") }

    /// Starts this very program with other arguments.
    init(arguments: [String], output: URL) throws {
        self.output = output
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        try Data().write(to: output)
        try Data().write(to: errors)
        process.standardOutput = try FileHandle(forWritingTo: output)
        // Its messages are only of interest when it fails.
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
    }

    var isRunning: Bool { process.isRunning }
    var succeeded: Bool { !process.isRunning && process.terminationStatus == 0 }

    func terminate() {
        if process.isRunning { process.terminate() }
    }

    /// What it said before it failed.
    var messages: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }

    /// The verdicts that it printed, as contact and verdict.
    func verdicts() throws -> [(contact: Substring, verdict: Substring)] {
        try String(contentsOf: output, encoding: .utf8).split(separator: "\n").compactMap { line in
            let parts = line.split(separator: "\t")
            return parts.count == 2 ? (parts[0], parts[1]) : nil
        }
    }

    /// The output of a command, such as redis-cli.
    static func output(of command: [String]) throws -> String {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.standardOutput = pipe
        try process.run()
        let data = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}
