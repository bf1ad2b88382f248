import ArgumentParser
import Foundation
import Headcount

/// One worker process of the demo: touches each contact in turn, keeps those over the limit aside, and asks for them
/// again until it is told to stop.
struct DemoWorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo-worker", abstract: "One worker process of the demo.", shouldDisplay: false)

    @Argument var account: String
    @Option var by: String
    @Option var from: String
    /// The worker stops when this file exists.
    @Option var until: String
    @OptionGroup var connection: ConnectionOptions

    func run() async throws {
        let action = try Action(by)
        let limiter = try await connection.connect()
        // Everybody goes through the same people, each in another order: that is where races come from.
        var contacts = try DemoScene.contacts(in: Array(Data(contentsOf: URL(filePath: from)))).shuffled()
        while !contacts.isEmpty, !isToldToStop {
            var parked: [String] = []
            for contact in contacts where !isToldToStop {
                let decision = try await limiter.activate(contact, in: account, by: action)
                try Terminal.writeLine("\(contact)\t\(decision.verdict.rawValue)")
                if decision.verdict == .limitReached {
                    parked.append(contact)
                } else {
                    // Where a real worker sends its message.
                    try await Task.sleep(for: .microseconds(Int.random(in: 1_000...8_000)))
                }
            }
            contacts = Array(Set(parked))
            if !contacts.isEmpty { try await Task.sleep(for: .milliseconds(200)) }
        }
        await limiter.close()
    }

    private var isToldToStop: Bool { FileManager.default.fileExists(atPath: until) }
}
