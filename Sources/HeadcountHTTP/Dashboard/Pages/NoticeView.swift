internal import Foundation
internal import Headcount

/// A notice and where its delivery is, for people.
struct NoticeView {
    let id, status, at, atText: String
    let eventText, factsText, statusText: String
    /// Nil where nothing was tried yet, or nothing is to be.
    let deliveryText: String?
    /// What sends it again; nil where that can't be.
    let resendHref: String?

    init(_ notice: Notice, zone: String, maySendAgain: Bool) {
        id = notice.id
        status = notice.status.rawValue
        at = notice.at.formatted(.iso8601)
        atText = DateText(notice.at, in: zone).dayAndTime
        eventText = NoticeWords.event(notice)
        factsText = NoticeWords.facts(notice, zone: zone).joined(separator: ", ")
        statusText = NoticeWords.status(notice.status)
        let delivery = NoticeWords.delivery(notice, zone: zone)
        deliveryText = delivery.isEmpty ? nil : delivery.joined(separator: ", ")
        resendHref = maySendAgain ? DashboardPath.resending(notice.id, of: notice.account) : nil
    }
}
