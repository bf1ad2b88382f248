internal import Foundation

/// What is kept of one of an account's periods, as the command line and the HTTP API write it.
package struct PeriodDocument: Encodable, Sendable {
    let account, period: String
    let used, refusedContacts, refusals: Int
    let activatedByKind: [String: Int]
    let startsAt, resetsAt: Date

    package init(_ summary: PeriodSummary, of account: String) {
        self.account = account
        period = summary.period.description
        used = summary.used
        refusedContacts = summary.refusedContacts
        refusals = summary.refusals
        activatedByKind = summary.activatedByKind
        startsAt = summary.period.start
        resetsAt = summary.period.end
    }
}
