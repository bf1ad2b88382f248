import ArgumentParser
import Foundation
import Headcount

struct NoticesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notices",
        abstract: "See and resend what an account's people are told of its limit; set who is told what.",
        discussion: """
            EXAMPLE
              headcount notices list acct_42
            """,
        subcommands: [
            NoticesListCommand.self, NoticesResendCommand.self, NoticesSetCommand.self, NoticesShowCommand.self,
            NoticesTestCommand.self,
        ])
}

struct NoticesListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List an account's notices, newest first: those that wait, and about the last 500 of the others.",
        discussion: """
            EXAMPLE
              headcount notices list acct_42 --pending
            """)

    @Argument(help: "Account id.")
    var account: String

    @Flag(help: "Only those that are not delivered yet.")
    var pending = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Identifier.check(account: account)
        let limiter = try await connection.connect()
        let notices = try await limiter.notices.list(of: account).filter { !pending || $0.status == .pending }
        if output.json {
            for notice in notices { try Terminal.write(JSONLine.text(NoticeDocument(notice))) }
        } else {
            let zone = try await limiter.plan(of: account).calendar.zone
            let header = ["ID", "AT", "EVENT", "PERIOD", "DETAILS", "STATUS", "ATTEMPTS", "LAST"]
            try Terminal.write(Format.table([header] + notices.map { Self.row($0, in: zone) }, right: [6]))
        }
        await limiter.close()
    }

    private static func row(_ notice: Notice, in zone: String) -> [String] {
        let again = notice.due.map { "again at \(Format.time($0, in: zone))" } ?? ""
        return [
            notice.id, Format.time(notice.at, in: zone), notice.event.rawValue, notice.fields["period"] ?? "",
            details(notice, in: zone), notice.status.rawValue, String(notice.attempts),
            [notice.detail, again].filter { !$0.isEmpty }.joined(separator: ", "),
        ]
    }

    private static func details(_ notice: Notice, in zone: String) -> String {
        func field(_ name: String) -> String { notice.fields[name] ?? "" }
        switch notice.event {
        case .thresholdReached, .limitReached:
            return "\(field("threshold")) % of \(field("limit")), \(field("used")) used"
        case .limitChanged:
            let start = Int(field("effective")).map { Date(timeIntervalSince1970: TimeInterval($0)) }
            let later = start.map { ", from \(Format.time($0, in: zone))" } ?? ""
            let (from, to) = ("\(field("from")) \(field("fromMode"))", "\(field("limit")) \(field("mode"))")
            return "\(from) -> \(to), by \(field("who"))\(later)"
        case .periodStarted, .test:
            return "limit \(field("limit"))"
        }
    }
}

struct NoticesResendCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resend",
        abstract: "Deliver past notices once more.",
        discussion: """
            Prints 'ID<TAB>pending' for each notice that waits to be delivered again.

            EXAMPLE
              headcount notices resend acct_42 1795500000000-0
            """)

    private struct Line: Encodable {
        let account, id: String
        let status: Notice.Status
    }

    @Argument(help: "Account id.")
    var account: String

    @Argument(help: "The notices' ids, as 'headcount notices list' shows them.")
    var ids: [String]

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Identifier.check(account: account)
        let limiter = try await connection.connect()
        for id in ids {
            try await limiter.notices.resend(id, of: account)
            let line = Line(account: account, id: id, status: .pending)
            try Terminal.write(output.json ? JSONLine.text(line) : "\(id)\t\(line.status.rawValue)\n")
        }
        await limiter.close()
    }
}
