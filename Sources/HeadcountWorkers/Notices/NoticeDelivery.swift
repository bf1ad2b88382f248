internal import Foundation
internal import Headcount

/// What a notice's URL is sent.
struct NoticeDelivery: Encodable, Sendable {
    private let id, account: String
    private let event: Notice.Event
    private let at: Date
    private let attempt: Int
    private let period, plan, mode, who: String?
    private let threshold, limit, used, from: Int?
    /// When a change takes effect, if not at once.
    private let effective: Date?

    init(_ notice: Notice, attempt: Int) {
        func number(_ name: String) -> Int? { notice.fields[name].flatMap { Int($0) } }
        id = notice.id
        account = notice.account
        event = notice.event
        at = notice.at
        self.attempt = attempt
        period = notice.fields["period"]
        plan = notice.fields["plan"]
        mode = notice.fields["mode"]
        who = notice.fields["who"]
        threshold = number("threshold")
        limit = number("limit")
        used = number("used")
        from = number("from")
        effective = notice.fields["effective"].flatMap { Double($0) }.map { Date(timeIntervalSince1970: $0) }
    }
}
