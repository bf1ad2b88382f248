internal import Foundation
internal import Headcount

/// The answer to a reservation of one contact, with the account's standing right after it.
struct ReservationDocument: Encodable {
    private let standing: ReservationStanding
    private let result: ReservationResult

    init(_ contact: String, _ reservation: Reservation, in account: String) {
        standing = ReservationStanding(reservation, in: account)
        result = ReservationResult(contact, reservation)
    }

    func encode(to encoder: any Encoder) throws {
        try standing.encode(to: encoder)
        try result.encode(to: encoder)
    }
}

/// The answer to a reservation of many contacts, with how many of them had each verdict.
struct ReservationsDocument: Encodable {
    private struct Results: Encodable {
        let results: [ReservationResult]
        let reserved, alreadyActivated, limitReached, notCounted: Int
    }

    private let standing: ReservationStanding
    private let results: Results

    /// - Parameter last: that of the last of the contacts.
    init(_ contacts: [String], _ reservations: [Reservation], last: Reservation, in account: String) {
        standing = ReservationStanding(last, in: account)
        var counts: [Reservation.Verdict: Int] = [:]
        for reservation in reservations { counts[reservation.verdict, default: 0] += 1 }
        results = Results(
            results: zip(contacts, reservations).map { ReservationResult($0, $1) },
            reserved: counts[.reserved, default: 0], alreadyActivated: counts[.alreadyActivated, default: 0],
            limitReached: counts[.limitReached, default: 0], notCounted: counts[.notCounted, default: 0])
    }

    func encode(to encoder: any Encoder) throws {
        try standing.encode(to: encoder)
        try results.encode(to: encoder)
    }
}

/// What became of one contact's reservation.
private struct ReservationResult: Encodable {
    let contact: String
    let verdict: Reservation.Verdict
    let token: Nullable<String>

    init(_ contact: String, _ reservation: Reservation) {
        self.contact = contact
        verdict = reservation.verdict
        token = Nullable(reservation.token?.description)
    }
}

/// Where the account stands; numbers null where Redis was not asked.
private struct ReservationStanding: Encodable {
    let account, period: String
    let used, held: Nullable<Int>
    let limit, remaining: LimitNumber
    let resetsAt: Date

    init(_ reservation: Reservation, in account: String) {
        let isAsked = reservation.verdict != .notCounted
        self.account = account
        period = reservation.period.description
        used = Nullable(isAsked ? reservation.used : nil)
        held = Nullable(isAsked ? reservation.held : nil)
        limit = LimitNumber(reservation.limit)
        remaining = LimitNumber(reservation.remaining)
        resetsAt = reservation.resetsAt
    }
}

/// What became of a reservation that was confirmed or released.
struct SettlementDocument: Encodable {
    let account, token, contact: String
    let verdict: Settlement
}

/// What became of many of them, in input order.
struct SettlementsDocument: Encodable {
    struct Result: Encodable {
        let token, contact: String
        let verdict: Settlement
    }

    let account: String
    let results: [Result]

    init(_ tokens: [ReservationToken], _ verdicts: [Settlement], in account: String) {
        self.account = account
        results = zip(tokens, verdicts).map { Result(token: $0.description, contact: $0.contact, verdict: $1) }
    }
}
