/// The part of a scenario's run that an action is told of.
package struct TakenRun: Sendable {
    package let number: Int
    package let step: Int
    package let event: EventDocument?

    /// From claim.lua: NUMBER STEP STARTED EVENT.
    init?(_ text: String) {
        let words = text.split(separator: " ", maxSplits: 3).map(String.init)
        guard words.count == 4, let number = Int(words[0]), let step = Int(words[1]) else { return nil }
        self.number = number
        self.step = step
        event = EventDocument(json: words[3])
    }
}
