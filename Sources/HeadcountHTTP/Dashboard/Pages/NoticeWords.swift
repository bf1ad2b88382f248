internal import Foundation
internal import Headcount

/// Notices and their delivery in words.
enum NoticeWords {
    static func event(_ notice: Notice) -> String {
        switch notice.event {
        case .thresholdReached: "\(number("threshold", notice)) % of the limit reached"
        case .limitReached: "Limit reached"
        case .limitChanged: "Limit changed"
        case .periodStarted: "New period begun"
        case .test: "Test"
        }
    }

    /// What the notice says besides: the period, and the numbers.
    static func facts(_ notice: Notice, zone: String) -> [String] {
        let period = notice.fields["period"].map { name in (try? PeriodName(name, startDay: 1))?.text ?? name }
        let limit = number("limit", notice)
        let numbers: [String] =
            switch notice.event {
            case .thresholdReached, .limitReached: ["\(number("used", notice)) of \(limit) contacts counted"]
            case .limitChanged: changes(notice, limit: limit, zone: zone)
            case .periodStarted, .test: ["limit \(limit)"]
            }
        return (period.map { [$0] } ?? []) + numbers
    }

    private static func changes(_ notice: Notice, limit: String, zone: String) -> [String] {
        let (from, fromMode, mode) = (number("from", notice), notice.fields["fromMode"], notice.fields["mode"])
        // `now`, or a time in epoch seconds.
        let effective = notice.fields["effective"].flatMap { Int($0) }
            .map { DateText(Date(timeIntervalSince1970: TimeInterval($0)), in: zone).day }
        let facts: [String?] = [
            from == limit ? nil : "from \(from) to \(limit) contacts",
            fromMode == mode ? nil : "from \(fromMode ?? "") to \(mode ?? "")",
            notice.fields["who"].map { "by \($0)" }, effective.map { "holds from \($0)" },
        ]
        return facts.compactMap { $0 }
    }

    static func status(_ status: Notice.Status) -> String {
        switch status {
        case .pending: "Pending"
        case .delivered: "Delivered"
        case .failed: "Failed"
        case .noURL: "No URL to deliver it to"
        }
    }

    /// What came of its delivery so far, and when it is tried again.
    static func delivery(_ notice: Notice, zone: String) -> [String] {
        let attempts = "\(notice.attempts.grouped) attempt\(notice.attempts == 1 ? "" : "s")"
        let facts: [String?] = [
            notice.attempts == 0 ? nil : attempts, notice.detail.isEmpty ? nil : notice.detail,
            notice.due.map { "tried again \(DateText($0, in: zone).dayAndTime)" },
        ]
        return facts.compactMap { $0 }
    }

    private static func number(_ name: String, _ notice: Notice) -> String {
        let text = notice.fields[name] ?? ""
        return Int(text)?.grouped ?? text
    }
}
