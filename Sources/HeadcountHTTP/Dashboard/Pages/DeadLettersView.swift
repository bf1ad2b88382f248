internal import Headcount

/// An account's latest dead letters, newest first.
struct DeadLettersView {
    static let maximum = 20

    let countText: String
    let hasDeadLetters: Bool
    let list: [DeadLetterView]
    /// What to do to see the rest; nil where there is none.
    let listCommand: String?
    let replayCommand, purgeCommand: String

    /// - Parameter count: of all that the account has.
    init(_ letters: [DeadLetter], count: Int, of account: String, zone: String, visitor: Visitor) {
        // One may come while they are counted.
        let count = max(count, letters.count)
        countText = count == 0 ? "None" : "\(count.grouped), newest first"
        hasDeadLetters = !letters.isEmpty
        list = letters.map { DeadLetterView($0, zone: zone, visitor: visitor) }
        // An account id has no characters that mean something to a shell.
        listCommand = count > letters.count ? "headcount dead list \(account)" : nil
        replayCommand = "headcount dead replay \(account) --all"
        purgeCommand = "headcount dead purge \(account) --all"
    }
}
