import ArgumentParser
import Foundation
import Headcount

struct JournalShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show who was admitted while Redis could not be asked. Redis is not asked now, either.",
        discussion: """
            Prints 'TIME<TAB>ACCOUNT<TAB>CONTACT<TAB>ACTION<TAB>PERIOD' for each admission, in UTC. Exit status 65 when a line
            can't be read; the last line of a process that was killed may be cut off, which is only said.

            EXAMPLES
              headcount journal show /var/lib/headcount/journal
              headcount journal show 20261128T080150Z-4711-9f2c1a7b.journal.replayed --json
            """)

    @OptionGroup var journal: JournalPath
    @OptionGroup var file: ConfigurationFile
    @OptionGroup var output: OutputOptions

    private struct Line: Encodable {
        let time, account, contact, action, period: String
    }

    func run() async throws {
        let path = try await journal.chosen(Settings(flags: [:], file: file.config))
        var faults = 0
        for path in try JournalReader.journals(at: path) {
            var reader = try JournalReader(path)
            while let lines = try reader.next() {
                var text = ""
                for line in lines {
                    switch line.content {
                    case .entry(let entry): text += try self.text(entry)
                    case .torn: Terminal.say("\(path), line \(line.number): cut off, and nobody was told of it")
                    case .fault(let reason):
                        faults += 1
                        Terminal.say("\(path), line \(line.number): \(reason)")
                    }
                }
                try Terminal.write(text)
            }
        }
        if faults > 0 { throw Failure(Audience.badLines(faults), .badData) }
    }

    private func text(_ entry: JournalEntry) throws -> String {
        let time = entry.time.formatted(.iso8601)
        let (action, period) = (entry.action.description, entry.period.description)
        guard output.json else { return "\(time)\t\(entry.account)\t\(entry.contact)\t\(action)\t\(period)\n" }
        return try JSONLine.text(
            Line(time: time, account: entry.account, contact: entry.contact, action: action, period: period))
    }
}
