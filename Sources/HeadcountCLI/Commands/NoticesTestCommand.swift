import ArgumentParser
import Headcount
import HeadcountWorkers
import Logging

struct NoticesTestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Send a test notice right now, and say what the URL answered.",
        discussion: """
            Goes to the account's URL, or to the configured one; it is in no list. Signed as the others are if
            $HEADCOUNT_SIGNING_SECRET is set. Exit status 1 unless the URL accepts it.

            EXAMPLE
              headcount notices test acct_42
            """)

    private struct Line: Encodable {
        let account, detail: String
        let url: String?
        let delivered: Bool
    }

    @Argument(help: "Account id.")
    var account: String

    @Option(help: ArgumentHelp("Try another URL than the account's.", valueName: "url"))
    var url: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Identifier.check(account: account)
        if let url { try Identifier.check(url: url, .invalidNotices) }
        let configuration = try await connection.settings.courier
        let limiter = try await connection.connect()
        let notice = try await limiter.notices.sample(for: account)
        let settings = try await limiter.notices.settings(of: account)
        let target = url ?? settings.url ?? configuration.url
        let courier = Courier(
            limiter: limiter, configuration: configuration,
            logger: Logger(label: "headcount") { _ in SwiftLogNoOpLogHandler() })
        let answer = await courier.post(notice, to: target)
        await courier.close()
        await limiter.close()
        try Terminal.write(
            output.json
                ? JSONLine.text(
                    Line(account: account, detail: answer.detail, url: target, delivered: answer.isAccepted))
                : "\(target ?? "-")\t\(answer.isAccepted ? "delivered" : "not delivered")\t\(answer.detail)\n")
        if !answer.isAccepted { throw Failure(nil, .failure) }
    }
}
