import Headcount

/// The demo's live numbers: redrawn in place on a terminal; elsewhere only the notes are printed.
final class DemoBoard {
    private var linesShown = 0

    func show(_ usages: [Usage]) {
        guard Terminal.isInteractive else { return }
        let width = usages.map(\.account.count).max() ?? 0
        let lines = usages.map { usage in
            let part = min(1, Double(usage.used) / Double(max(1, usage.limit)))
            let filled = Int(part * 40)
            let name = usage.account + String(repeating: " ", count: width - usage.account.count)
            let bar = String(repeating: "█", count: filled) + String(repeating: "·", count: 40 - filled)
            let refused = usage.refusedContacts > 0 ? ", about \(Format.count(usage.refusedContacts)) refused" : ""
            return "\u{1B}[K  \(name)  [\(bar)] \(Format.count(usage.used)) of \(Format.count(usage.limit))\(refused)\n"
        }
        Terminal.show(rewind + lines.joined())
        linesShown = lines.count
    }

    func note(_ text: String) {
        Terminal.show("\(rewind)\(Terminal.isInteractive ? "\u{1B}[J" : "")\(text)\n")
        linesShown = 0
    }

    private var rewind: String { linesShown > 0 ? "\u{1B}[\(linesShown)A" : "" }
}
