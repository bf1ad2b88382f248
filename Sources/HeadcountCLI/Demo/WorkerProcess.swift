import Foundation

/// A child process of the demo, its output in a file.
struct WorkerProcess {
    private let process = Process()
    private let output: URL

    /// Starts this very program with other arguments.
    init(arguments: [String], output: URL) throws {
        self.output = output
        process.executableURL = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = arguments
        process.standardInput = FileHandle.nullDevice
        try Data().write(to: output)
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
    }

    var isRunning: Bool { process.isRunning }
    var succeeded: Bool { !process.isRunning && process.terminationStatus == 0 }

    func terminate() {
        if process.isRunning { process.terminate() }
    }

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
