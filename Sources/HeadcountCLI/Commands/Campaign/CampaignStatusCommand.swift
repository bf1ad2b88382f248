import ArgumentParser
import Headcount

struct CampaignStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show how far a campaign is.",
        discussion: """
            --watch stays until the campaign is finished, cancelled or expired, or until only contacts are left that the
            limit keeps it from, and prints then. In the meantime a terminal shows it each second; with --json, there is
            an object each second.

            EXAMPLE
              headcount campaign status acct_42 spring --watch
            """)

    @OptionGroup var campaign: CampaignOptions

    @Flag(help: "Stay until there is nothing more to send.")
    var watch = false

    func run() async throws {
        let limiter = try await campaign.connect()
        let zone = try await limiter.plan(of: campaign.account).calendar.zone
        var board = StatusBoard()
        var found = try await limiter.campaigns.campaign(campaign.id, of: campaign.account)
        while watch, !found.isAtRest {
            if campaign.output.json {
                try Terminal.write(JSONLine.text(CampaignDocument(found)))
            } else {
                board.show(CampaignText.text(found, in: zone))
            }
            try await Task.sleep(for: .seconds(1))
            found = try await limiter.campaigns.campaign(campaign.id, of: campaign.account)
        }
        board.clear()
        try Terminal.write(
            campaign.output.json
                ? JSONLine.text(CampaignDocument(found)) : CampaignText.text(found, in: zone))
        await limiter.close()
    }
}

extension Campaign {
    /// Whether nothing more is sent, unless the limit rises or a month begins.
    fileprivate var isAtRest: Bool {
        switch state {
        case .finished, .cancelled, .expired: true
        case .loading: false
        case .running, .paused: progress.parked > 0 && progress.waiting + progress.sending == 0
        }
    }
}

/// Text on standard error, only on a terminal, that is painted anew in place.
private struct StatusBoard {
    private var linesShown = 0

    mutating func show(_ text: String) {
        guard Terminal.isInteractive else { return }
        // Without wrapping, so that each line takes one.
        Terminal.show("\(rewind)\u{1B}[?7l\(text)\u{1B}[?7h")
        linesShown = text.count { $0 == "\n" }
    }

    mutating func clear() {
        Terminal.show(rewind)
        linesShown = 0
    }

    private var rewind: String { linesShown > 0 ? "\u{1B}[\(linesShown)A\u{1B}[J" : "" }
}
