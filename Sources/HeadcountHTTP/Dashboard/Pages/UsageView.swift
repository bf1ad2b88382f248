internal import Headcount

/// An account's standing in figures, words and widths. `state` is ok, near, full, over or unlimited.
struct UsageView {
    let state, stateText, usedText, limitText, remainingText, percentText: String
    /// Widths in percent of the bar's.
    let fillWidth, limitMark: String
    let refusedText: String
    /// What the figures are; nil where the page says it.
    let label: String?

    init(_ usage: Usage, label: String? = nil) {
        self.label = label
        let used = usage.used
        usedText = used.grouped
        refusedText = usage.refusedContacts == 0 ? "none" : "about \(usage.refusedContacts.grouped) contacts"
        guard let percent = usage.percentUsed else {
            state = "unlimited"
            stateText = "no limit"
            limitText = "no limit"
            remainingText = "counts only"
            percentText = ""
            fillWidth = "0%"
            limitMark = "100%"
            return
        }
        let limit = usage.limit
        limitText = limit.grouped
        percentText = "\(percent) %"
        remainingText = usage.remaining == 0 ? "none left" : "\(usage.remaining.grouped) left"
        fillWidth = Percentage.text(used, of: limit)
        limitMark = used > limit ? Percentage.text(limit, of: used) : "100%"
        (state, stateText) =
            if used > limit {
                ("over", "\((used - limit).grouped) over the limit")
            } else if used >= limit {
                ("full", "at the limit")
            } else if percent >= 80 {
                ("near", "near the limit")
            } else {
                ("ok", "")
            }
    }
}

/// Widths and positions, in percent.
enum Percentage {
    /// Between 0 and 100; 100 of nothing.
    static func text(_ part: Int, of whole: Int) -> String {
        text(whole == 0 ? 100 : min(100, Double(part) * 100 / Double(whole)))
    }

    static func text(_ value: Double) -> String { "\(Decimals.text(value))%" }
}

/// Numbers for SVG: three decimals at most.
enum Decimals {
    static func text(_ value: Double) -> String {
        let thousandths = Int((value * 1_000).rounded())
        let fraction = abs(thousandths % 1_000)
        guard fraction != 0 else { return String(thousandths / 1_000) }
        let digits = String(1_000 + fraction).dropFirst()
        return "\(thousandths < 0 ? "-" : "")\(abs(thousandths) / 1_000).\(digits)"
    }
}
