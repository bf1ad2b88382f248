import Foundation
import Headcount

/// Activates contacts for `headcount activate`, prints the verdicts, and adds them up.
struct Activation {
    private struct Line: Encodable {
        let contact: String
        /// Left out where Redis was asked.
        let failedOpen: Bool?
        let verdict: Verdict

        init(_ contact: String, _ decision: Decision) {
            self.contact = contact
            failedOpen = decision.failedOpen ? true : nil
            verdict = decision.verdict
        }
    }

    private struct Summary: Encodable {
        let account: String
        let period: String
        let used: Nullable<Int>
        let limit: LimitNumber
        let remaining: LimitNumber
        let resetsAt: Date
        let activated: Int
        let alreadyActivated: Int
        let limitReached: Int
        let notCounted: Int
        /// Left out unless some were admitted without Redis.
        let failedOpen: Int?
    }

    private let account: String
    private let action: Action
    private let limiter: Limiter
    private let isJSON: Bool
    private var counts: [Verdict: Int] = [:]
    private var last: Decision?
    /// How many were admitted without Redis.
    private(set) var failedOpen = 0

    init(account: String, action: Action, limiter: Limiter, isJSON: Bool) {
        self.account = account
        self.action = action
        self.limiter = limiter
        self.isJSON = isJSON
    }

    var limitReached: Int { counts[.limitReached, default: 0] }

    /// For the progress bar.
    var tally: String {
        "\(Format.count(counts.values.reduce(0, +))) contacts, \(Format.count(counts[.activated, default: 0])) activated, "
            + "\(Format.count(limitReached)) over the limit"
    }

    mutating func activate(_ contacts: [String]) async throws {
        guard !contacts.isEmpty else { return }
        do {
            try record(contacts, try await limiter.activate(contacts, in: account, by: action))
        } catch let error as HeadcountError {
            // What was decided before Redis failed is said before the failure is.
            try record(contacts, error.decided)
            let decided = counts.values.reduce(0, +)
            guard error.code == .unavailable, decided > 0 else { throw error }
            throw Failure(
                "\(error.message); \(Format.count(decided)) contacts were decided before, and asking again counts nobody twice",
                .unavailable)
        }
    }

    private mutating func record(_ contacts: [String], _ decisions: [Decision]) throws {
        var text = ""
        for (contact, decision) in zip(contacts, decisions) {
            counts[decision.verdict, default: 0] += 1
            if decision.failedOpen { failedOpen += 1 }
            last = decision
            text +=
                isJSON
                ? try JSONLine.text(Line(contact, decision))
                : "\(contact)\t\(decision.verdict.rawValue)\n"
        }
        try Terminal.write(text)
    }

    /// The last line of `--json`.
    func finish() async throws {
        guard isJSON else { return }
        let used, limit, remaining: Int
        let period: Period
        if let last {
            (used, limit, remaining, period) = (last.used, last.limit, last.remaining, last.period)
        } else {
            let usage = try await limiter.usage(of: account)
            (used, limit, remaining, period) = (usage.used, usage.limit, usage.remaining, usage.period)
        }
        let isUnknown = last.map { $0.verdict == .notCounted || $0.failedOpen } ?? false
        try Terminal.write(
            JSONLine.text(
                Summary(
                    account: account, period: period.description,
                    used: Nullable(isUnknown ? nil : used), limit: LimitNumber(limit),
                    remaining: LimitNumber(remaining), resetsAt: period.end,
                    activated: counts[.activated, default: 0], alreadyActivated: counts[.alreadyActivated, default: 0],
                    limitReached: limitReached, notCounted: counts[.notCounted, default: 0],
                    failedOpen: failedOpen > 0 ? failedOpen : nil)))
    }
}
