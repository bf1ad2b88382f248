import Foundation

/// Progress on standard error, only on a terminal, at most ten times a second.
struct ProgressBar {
    private let total: Int?
    private var shown: ContinuousClock.Instant?
    private var isOnScreen = false

    /// - Parameter total: what `done` will be at the end; nil when nobody knows.
    init(total: Int?) {
        self.total = total
    }

    mutating func update(done: Int, label: String) {
        let now = ContinuousClock.now
        guard Terminal.isInteractive, shown.map({ now - $0 >= .milliseconds(100) }) ?? true else { return }
        shown = now
        isOnScreen = true
        var line = label
        if let total, total > 0 {
            let part = min(1, Double(done) / Double(total))
            let filled = Int(part * 30)
            line =
                "[\(String(repeating: "█", count: filled))\(String(repeating: "·", count: 30 - filled))] "
                + "\(Int(part * 100)) %  \(label)"
        }
        Terminal.show("\r\u{1B}[K\(line)")
    }

    /// Takes the bar off the screen, so that what follows stands on a clean line.
    mutating func clear() {
        if isOnScreen { Terminal.show("\r\u{1B}[K") }
        isOnScreen = false
    }
}
