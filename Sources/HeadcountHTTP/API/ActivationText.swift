internal import Foundation
internal import Headcount

/// The JSON that activations are answered with, put together by hand: it is what most requests are answered with, and
/// with `JSONEncoder` a sixth fewer are (docs/benchmarks.md). Keys in alphabetical order, numbers null where Redis was not asked.
enum ActivationText {
    static func one(_ contact: String, _ decision: Decision, in account: String) -> String {
        let standing = Standing(decision, account)
        return
            "{\(standing.account),\"contact\":\(JSONString.literal(contact)),\(blind(decision.failedOpen))"
            + "\(standing.limits),\(standing.remaining),"
            + "\(standing.used),\"verdict\":\"\(decision.verdict.rawValue)\"}"
    }

    /// - Parameter last: the decision about the last of the contacts.
    static func many(_ contacts: [String], _ decisions: [Decision], last: Decision, in account: String) -> String {
        var counts: [Verdict: Int] = [:]
        var results = ""
        results.reserveCapacity(contacts.reduce(0) { $0 + $1.utf8.count + 48 })
        for (contact, decision) in zip(contacts, decisions) {
            counts[decision.verdict, default: 0] += 1
            if !results.isEmpty { results += "," }
            results += "{\"contact\":\(JSONString.literal(contact)),\(blind(decision.failedOpen))"
            results += "\"verdict\":\"\(decision.verdict.rawValue)\"}"
        }
        let standing = Standing(last, account)
        let isBlind = decisions.contains { $0.failedOpen }
        return "{\(standing.account),\"activated\":\(counts[.activated, default: 0]),"
            + "\"alreadyActivated\":\(counts[.alreadyActivated, default: 0]),\(blind(isBlind))\(standing.limit),"
            + "\"limitReached\":\(counts[.limitReached, default: 0]),\"notCounted\":\(counts[.notCounted, default: 0]),"
            + "\(standing.period),\(standing.remaining),\"results\":[\(results)],\(standing.used)}"
    }

    /// Only there if somebody was admitted without Redis.
    private static func blind(_ failedOpen: Bool) -> String { failedOpen ? "\"failedOpen\":true," : "" }

    /// Fields of where the account stands right after the verdict.
    private struct Standing {
        let account, limit, period, remaining, used: String

        var limits: String { "\(limit),\(period)" }

        init(_ decision: Decision, _ account: String) {
            func number(_ value: Int) -> String { value == .max ? "null" : String(value) }
            self.account = "\"account\":\(JSONString.literal(account))"
            limit = "\"limit\":\(number(decision.limit))"
            period = "\"overLimit\":\(decision.overLimit),\"period\":\"\(decision.period)\""
            let resetsAt = decision.resetsAt.formatted(.iso8601)
            remaining = "\"remaining\":\(number(decision.remaining)),\"resetsAt\":\"\(resetsAt)\""
            used = "\"used\":\(decision.verdict == .notCounted || decision.failedOpen ? "null" : String(decision.used))"
        }
    }
}
