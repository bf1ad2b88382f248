import ArgumentParser
import Headcount

struct DeadLetterReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Let runs go on that ended as dead letters, at the step at which they ended.",
        discussion: """
            Of one that failed, the step was definitely not sent. Of one that is unknown, it may have been: replaying it
            may send it a second time.

            Prints 'LETTER<TAB>RESULT' for each letter: replayed, and the letter is gone then; busy, since the contact
            has another run of the scenario under way, expired, since its reply window has closed, or no_scenario, since the scenario was removed, and the letter
            stays; gone, since there is no such letter. Exit status 1 unless all were replayed.

            EXAMPLES
              headcount dead replay acct_42 1795500000000-0
              headcount dead replay acct_42 --all --scenario welcome
            """)

    @OptionGroup var choice: DeadLetterChoice

    func run() async throws {
        let limiter = try await choice.connect()
        var counts: [DeadLetters.Replay: Int] = [:]
        try await choice.forEach(limiter) { letter in
            let result = try await limiter.deadLetters.replay(letter, of: choice.account)
            counts[result, default: 0] += 1
            return result.rawValue
        }
        await limiter.close()
        let total = counts.values.reduce(0, +)
        let left = total - counts[.replayed, default: 0]
        guard left > 0 else { return }
        let results = DeadLetters.Replay.allCases.filter { $0 != .replayed && counts[$0] != nil }
            .map { "\(Format.count(counts[$0, default: 0])) \($0.rawValue)" }
        throw Failure(
            "\(Format.count(left)) of \(Format.count(total)) letters were not replayed: "
                + results.joined(separator: ", "), .failure)
    }
}
