internal import Foundation

/// An account's standing, as the command line and the HTTP API write it.
package struct UsageDocument: Encodable, Sendable {
    let account, period, plan, zone: String
    let mode: LimitMode
    let used, held, startDay, refusedContacts: Int
    let limit, remaining: LimitNumber
    let overLimit: Bool
    let resetsAt: Date

    package init(_ usage: Usage) {
        account = usage.account
        period = usage.period.description
        plan = usage.plan
        zone = usage.calendar.zone
        startDay = usage.calendar.startDay
        mode = usage.mode
        used = usage.used
        held = usage.held
        refusedContacts = usage.refusedContacts
        limit = LimitNumber(usage.limit)
        remaining = LimitNumber(usage.remaining)
        overLimit = usage.overLimit
        resetsAt = usage.resetsAt
    }
}
