import ArgumentParser
import Headcount

/// What `headcount confirm` and `headcount release` are told, and what they do alike.
struct SettlementOptions: ParsableArguments {
    private struct Line: Encodable {
        let contact: String
        let verdict: Settlement
        let token: String
    }

    @Argument(help: "Account id.")
    var account: String

    @Argument(help: "Tokens, as 'headcount reserve' prints them.")
    var tokens: [String] = []

    @Option(
        help: ArgumentHelp(
            "Read tokens from a file, or from standard input with '-': one a line, or what 'headcount reserve' prints.",
            valueName: "file|-"), completion: .file())
    var from: String?

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        if tokens.isEmpty && from == nil {
            throw ValidationError("no token: name some, or give --from FILE, or --from - for standard input")
        }
    }

    /// Checks all tokens, settles them, and prints what became of each.
    func settle(
        _ work: (Limiter, [ReservationToken], _ account: String) async throws -> [Settlement]
    ) async throws {
        try Identifier.check(account: account)
        var tokens = try self.tokens.map { try ReservationToken($0) }
        if let from { tokens += try TokenFile.tokens(at: from) }
        let limiter = try await connection.connect()
        var done = 0
        var notHeld = 0
        for part in tokens.parts(of: Audience.largestBatch) {
            let settlements: [Settlement]
            do {
                settlements = try await work(limiter, part, account)
            } catch let error as HeadcountError {
                guard error.code == .unavailable, done > 0 else { throw error }
                throw Failure(
                    "\(error.message); \(Format.count(done)) tokens were settled before, and settling all of them "
                        + "again is harmless", .unavailable)
            }
            done += part.count
            notHeld += settlements.count { $0 == .notHeld }
            try Terminal.write(zip(part, settlements).map { try text($0, $1) }.joined())
        }
        await limiter.close()
        if notHeld > 0 {
            Terminal.say(
                "\(Format.count(notHeld)) of \(Format.count(done)) tokens were held by nobody: released before, or too "
                    + "old; nothing was done for them")
        }
    }

    private func text(_ token: ReservationToken, _ settlement: Settlement) throws -> String {
        output.json
            ? try JSONLine.text(Line(contact: token.contact, verdict: settlement, token: token.description))
            : "\(token.contact)\t\(settlement.rawValue)\n"
    }
}
