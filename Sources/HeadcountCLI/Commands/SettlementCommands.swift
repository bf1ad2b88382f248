import ArgumentParser
import Headcount

struct ConfirmCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "confirm",
        abstract: "Count contacts that were reserved, since they were touched.",
        discussion: """
            Prints 'CONTACT<TAB>SETTLEMENT' for each token, in order: activated, already_activated, or not_held for a
            token that nobody holds anything with, since it was released before or is too old. Confirming late still
            counts, and confirming twice counts once.

            EXAMPLES
              headcount confirm acct_42 2026-11.dGhpcyBpcyBhIHNs.MTc4NDE0MDAwMDg0NjAwNTY
              headcount confirm acct_42 --from reserved.tsv
            """)

    @OptionGroup var settlement: SettlementOptions

    func run() async throws {
        try await settlement.settle { limiter, tokens, account in try await limiter.confirm(tokens, in: account) }
    }
}

struct ReleaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "release",
        abstract: "Let go of reservations, since the contacts were not touched.",
        discussion: """
            Prints 'CONTACT<TAB>SETTLEMENT' for each token, in order: released, already_activated where the contact is
            counted and stays so, or not_held for a token that nobody holds anything with. Releasing twice, or too late,
            is harmless.

            EXAMPLES
              headcount release acct_42 2026-11.dGhpcyBpcyBhIHNs.MTc4NDE0MDAwMDg0NjAwNTY
              headcount release acct_42 --from reserved.tsv
            """)

    @OptionGroup var settlement: SettlementOptions

    func run() async throws {
        try await settlement.settle { limiter, tokens, account in try await limiter.release(tokens, in: account) }
    }
}
