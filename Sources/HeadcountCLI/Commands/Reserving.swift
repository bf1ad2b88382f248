import Foundation
import Headcount

/// Reserves contacts for `headcount reserve`, prints verdicts and tokens, and adds them up.
struct Reserving {
    private struct Line: Encodable {
        let contact: String
        let verdict: Reservation.Verdict
        let token: Nullable<String>
    }

    private struct Summary: Encodable {
        let account: String
        let period: String
        let used: Nullable<Int>
        let held: Nullable<Int>
        let limit: LimitNumber
        let remaining: LimitNumber
        let resetsAt: Date
        let reserved: Int
        let alreadyActivated: Int
        let limitReached: Int
        let notCounted: Int
    }

    private let account: String
    private let action: Action
    private let lease: Duration
    private let limiter: Limiter
    private let isJSON: Bool
    private var counts: [Reservation.Verdict: Int] = [:]
    private var last: Reservation?

    init(account: String, action: Action, lease: Duration, limiter: Limiter, isJSON: Bool) {
        self.account = account
        self.action = action
        self.lease = lease
        self.limiter = limiter
        self.isJSON = isJSON
    }

    var limitReached: Int { counts[.limitReached, default: 0] }

    private var answered: Int { counts.values.reduce(0, +) }

    /// For the progress bar.
    var tally: String {
        "\(Format.count(answered)) contacts, \(Format.count(counts[.reserved, default: 0])) reserved, "
            + "\(Format.count(limitReached)) over the limit"
    }

    mutating func reserve(_ contacts: [String]) async throws {
        let reservations: [Reservation]
        do {
            reservations = try await limiter.reserve(contacts, in: account, by: action, lease: lease)
        } catch let error as HeadcountError {
            guard error.code == .unavailable, answered > 0 else { throw error }
            throw Failure(
                "\(error.message); \(Format.count(answered)) contacts were answered before, and a slot whose token was "
                    + "not printed is free again when its lease ends", .unavailable)
        }
        var text = ""
        for (contact, reservation) in zip(contacts, reservations) {
            counts[reservation.verdict, default: 0] += 1
            last = reservation
            let token = reservation.token?.description
            text +=
                isJSON
                ? try JSONLine.text(Line(contact: contact, verdict: reservation.verdict, token: Nullable(token)))
                : "\(contact)\t\(reservation.verdict.rawValue)\t\(token ?? "")\n"
        }
        try Terminal.write(text)
    }

    /// The last line of `--json`.
    func finish() async throws {
        guard isJSON else { return }
        let used, held, limit, remaining: Int
        let period: Period
        if let last {
            (used, held, limit, remaining, period) = (last.used, last.held, last.limit, last.remaining, last.period)
        } else {
            let usage = try await limiter.usage(of: account)
            (used, held, limit, remaining, period) =
                (usage.used, usage.held, usage.limit, usage.remaining, usage.period)
        }
        let wasAsked = last?.verdict != .notCounted
        try Terminal.write(
            JSONLine.text(
                Summary(
                    account: account, period: period.description, used: Nullable(wasAsked ? used : nil),
                    held: Nullable(wasAsked ? held : nil), limit: LimitNumber(limit),
                    remaining: LimitNumber(remaining), resetsAt: period.end, reserved: counts[.reserved, default: 0],
                    alreadyActivated: counts[.alreadyActivated, default: 0], limitReached: limitReached,
                    notCounted: counts[.notCounted, default: 0])))
    }
}
