import ArgumentParser
import Headcount

struct DeadLetterPurgeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purge",
        abstract: "Throw dead letters away, for good: nobody can replay them then.",
        discussion: """
            Prints 'LETTER<TAB>purged' for each letter, or 'LETTER<TAB>gone' if there is no such letter; exit status 1
            then. --all needs --yes where there is no terminal to ask on.

            EXAMPLES
              headcount dead purge acct_42 1795500000000-0
              headcount dead purge acct_42 --all --scenario welcome --yes
            """)

    @OptionGroup var choice: DeadLetterChoice
    @OptionGroup var consent: ConsentOptions

    func run() async throws {
        try choice.check()
        if choice.all {
            let some = choice.scenario.map { " of scenario \($0)" } ?? ""
            try consent.ask("Purge all dead letters\(some) of account \(choice.account) for good?")
        }
        let limiter = try await choice.connect()
        var gone = 0
        try await choice.forEach(limiter) { letter in
            // One by one, so that each is told apart from one that somebody else replays meanwhile.
            if try await limiter.deadLetters.purge([letter], of: choice.account) > 0 { return "purged" }
            gone += 1
            return "gone"
        }
        await limiter.close()
        if gone > 0 { throw Failure("\(Format.count(gone)) of the letters were gone", .failure) }
    }
}
