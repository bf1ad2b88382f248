internal import Foundation
internal import HTTPTypes
internal import Headcount

/// `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers): the unit is distinct contacts, the window
/// the account's period. None where no limit applies.
struct RateLimitHeaders {
    private let limit, remaining: Int
    private let period: Period
    private let now: Date

    init(_ decision: Decision, now: Date) {
        limit = decision.limit
        remaining = decision.remaining
        period = decision.period
        self.now = now
    }

    init(_ reservation: Reservation, now: Date) {
        limit = reservation.limit
        remaining = reservation.remaining
        period = reservation.period
        self.now = now
    }

    init(_ usage: Usage, now: Date) {
        limit = usage.limit
        remaining = usage.remaining
        period = usage.period
        self.now = now
    }

    var fields: HTTPFields {
        guard limit != .max, period.contains(now) else { return [:] }
        let window = Int(period.end.timeIntervalSince(period.start))
        let rest = max(0, Int(period.end.timeIntervalSince(now).rounded(.up)))
        return [
            .rateLimit: #""contacts";r=\#(remaining);t=\#(rest)"#,
            .rateLimitPolicy: #""contacts";q=\#(limit);w=\#(window)"#,
        ]
    }
}
