import Headcount

/// Dead letters for people.
enum DeadLetterText {
    static func text(_ letter: DeadLetter, in zone: String) -> String {
        let outcome =
            switch letter.outcome {
            case .failed: "failed: the step was definitely not sent"
            case .unknown: "unknown: the step may have been sent"
            }
        let rows = [
            ["account", letter.account],
            ["letter", letter.id],
            ["scenario", letter.scenario],
            ["run", String(letter.run)],
            ["contact", letter.contact],
            ["step", String(letter.step)],
            ["attempts", String(letter.attempts)],
            ["outcome", outcome],
            ["reason", letter.reason.onOneLine],
            ["ended", Format.time(letter.at, in: zone)],
        ]
        return Format.table(rows + self.rows(letter.event, in: zone))
    }

    static func table(_ letters: [DeadLetter], in zone: String) -> String {
        let header = ["ID", "AT", "SCENARIO", "RUN", "CONTACT", "STEP", "ATTEMPTS", "OUTCOME", "REASON"]
        let rows = letters.map { letter in
            [
                letter.id, Format.time(letter.at, in: zone), letter.scenario, String(letter.run), letter.contact,
                String(letter.step), String(letter.attempts), letter.outcome.rawValue, letter.reason.onOneLine,
            ]
        }
        return Format.table([header] + rows, right: [3, 5, 6])
    }

    /// What the channel said of the event. A contact wrote the text, and anything may stand in it.
    private static func rows(_ event: InboundEvent, in zone: String) -> [[String]] {
        let details = event.details.sorted { $0.key < $1.key }
        return [
            ["event", event.kind.rawValue],
            ["event's id", event.id?.onOneLine ?? "none"],
            ["event's time", event.at.map { Format.time($0, in: zone) } ?? "unknown"],
            ["event's text", event.text?.onOneLine ?? "none"],
        ] + details.map { ["event's \($0.key.onOneLine)", $0.value.onOneLine] }
    }
}
