import ArgumentParser
import Headcount

struct NoticesSetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set",
        abstract: "Set where an account's notices go, and at which percentages of its limit there is one.",
        discussion: """
            What is not given stays as it is. Prints the settings that hold from then on, as 'headcount notices show'
            does.

            EXAMPLES
              headcount notices set acct_42 --url https://example.com/notices --thresholds 50,80,100
              headcount notices set acct_42 --no-url --default-thresholds
            """)

    @Argument(help: "Account id.")
    var account: String

    @Option(help: ArgumentHelp("The URL that is called.", valueName: "url"))
    var url: String?

    @Flag(name: .customLong("no-url"), help: "Take the account's own URL away: that of the configuration holds again.")
    var noURL = false

    @Option(
        help: ArgumentHelp(
            "Percentages of the limit, 1 to 100, separated by commas, or none.", valueName: "percentages"))
    var thresholds: ThresholdList?

    @Flag(help: "Take the account's own thresholds away: those of the configuration hold again.")
    var defaultThresholds = false

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if url == nil && !noURL && thresholds == nil && !defaultThresholds {
            throw ValidationError(
                "nothing to change: give --url or --no-url, or --thresholds or --default-thresholds")
        }
        if url != nil && noURL { throw ValidationError("--url and --no-url exclude each other") }
        if thresholds != nil && defaultThresholds {
            throw ValidationError("--thresholds and --default-thresholds exclude each other")
        }
    }

    func run() async throws {
        try Identifier.check(account: account)
        if let url { try Identifier.check(url: url, .invalidNotices) }
        let limiter = try await connection.connect()
        var settings = try await limiter.notices.settings(of: account)
        if url != nil || noURL { settings.url = url }
        if thresholds != nil || defaultThresholds { settings.thresholds = thresholds?.percentages }
        try await limiter.notices.set(settings, for: account)
        try settings.write(of: account, isJSON: output.json)
        await limiter.close()
    }
}

struct NoticesShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show where an account's notices go, and at which percentages of its limit there is one.",
        discussion: """
            EXAMPLE
              headcount notices show acct_42
            """)

    @Argument(help: "Account id.")
    var account: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        try Identifier.check(account: account)
        let limiter = try await connection.connect()
        try await limiter.notices.settings(of: account).write(of: account, isJSON: output.json)
        await limiter.close()
    }
}

/// What `--json` prints of an account's settings; null: that of the configuration.
private struct NoticeSettingsLine: Encodable {
    let account: String
    let url: Nullable<String>
    let thresholds: Nullable<[Int]>
}

extension NoticeSettings {
    fileprivate func write(of account: String, isJSON: Bool) throws {
        if isJSON {
            let line = NoticeSettingsLine(account: account, url: Nullable(url), thresholds: Nullable(thresholds))
            return try Terminal.write(JSONLine.text(line))
        }
        let percentages = thresholds.map { $0.isEmpty ? "none" : $0.map { "\($0) %" }.joined(separator: ", ") }
        try Terminal.write(
            Format.table([
                ["account", account],
                ["url", url ?? "that of the configuration"],
                ["thresholds", percentages ?? "those of the configuration"],
            ]))
    }
}
