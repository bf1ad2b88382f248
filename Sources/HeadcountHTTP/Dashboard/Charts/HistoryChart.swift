internal import Headcount

/// Twelve months side by side, and as a table.
struct HistoryChart {
    struct MonthView {
        let href, title, monthText, valueText: String
        let valueY, y, height: String
        let isSelected: Bool
    }

    struct Row {
        let href, periodText: String
        let cells: [String]
    }

    private static let top = 22.0
    private static let base = 132.0

    let chartHeight = "132"
    let months: [MonthView]
    let columns = ["Counted", "Campaigns", "Scenarios", "AI agents", "Not reached"]
    let rows: [Row]

    /// - Parameters:
    ///   - timeline: oldest first.
    ///   - href: the page of a period.
    init(_ timeline: [PeriodSummary], selected: PeriodName, zone: String, href: (PeriodName) -> String) {
        let most = max(1, timeline.map(\.used).max() ?? 0)
        months = timeline.map { summary in
            let name = summary.period.name
            let height = Double(summary.used) * (Self.base - Self.top) / Double(most)
            return MonthView(
                href: href(name), title: "\(summary.period.text(in: zone)): \(summary.used.grouped) contacts counted",
                monthText: DateText.short(name.month),
                valueText: summary.used >= 1_000_000 ? AxisTicks.text(summary.used) : summary.used.grouped,
                valueY: Decimals.text(Self.base - height - 7), y: Decimals.text(Self.base - height),
                height: Decimals.text(height), isSelected: name == selected)
        }
        rows = timeline.reversed().map { summary in
            let kinds = summary.activatedByKind
            let refused = summary.refusedContacts
            return Row(
                href: href(summary.period.name), periodText: summary.period.text(in: zone),
                cells: [summary.used.grouped]
                    + ["campaign", "scenario", "ai_agent"].map { kinds[$0, default: 0].grouped }
                    + [refused == 0 ? "0" : "about \(refused.grouped)"])
        }
    }
}
