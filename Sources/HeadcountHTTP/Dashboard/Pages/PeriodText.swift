internal import Foundation
internal import Headcount

extension Period {
    /// `November 2026`, or `15 November to 14 December 2026`.
    func text(in zone: String) -> String {
        name.startDay == 1
            ? DateText.month(name.month, of: name.year)
            : "\(DateText(start, in: zone).dayAndMonth) to \(DateText(lastInstant, in: zone).day)"
    }

    /// `1 to 30 November`, or `15 November to 14 December`.
    func range(in zone: String) -> String {
        let first = DateText(start, in: zone)
        let last = DateText(lastInstant, in: zone)
        return first.monthName == last.monthName
            ? "\(first.dayNumber) to \(last.dayAndMonth)" : "\(first.dayAndMonth) to \(last.dayAndMonth)"
    }

    private var lastInstant: Date { end.addingTimeInterval(-1) }
}

extension PeriodName {
    /// `November 2026`, or its first day, `15 November 2026`: where the time zone doesn't matter.
    var text: String {
        let month = DateText.month(month, of: year)
        return startDay == 1 ? month : "\(startDay) \(month)"
    }
}
