internal import Foundation

/// An account's plan, what waits to change it, and its latest changes, as the command line and the HTTP API write it.
package struct PlanDocument: Encodable, Sendable {
    struct PendingPlan: Encodable, Sendable {
        let plan: String
        let limit: Int
        let mode: LimitMode
        let from: Date
    }

    struct PendingCalendar: Encodable, Sendable {
        let zone: String
        let startDay: Int
        let from: Date
    }

    struct Change: Encodable, Sendable {
        let at: Date
        let who, from, to: String
        let effective: Date
    }

    let account, plan, zone: String
    let limit, startDay, version: Int
    let mode: LimitMode
    let pendingPlan: Nullable<PendingPlan>
    let pendingCalendar: Nullable<PendingCalendar>
    let audit: [Change]

    package init(_ plan: AccountPlan, audit: [PlanAuditEntry]) {
        account = plan.account
        self.plan = plan.plan
        limit = plan.limit
        mode = plan.mode
        zone = plan.calendar.zone
        startDay = plan.calendar.startDay
        version = plan.version
        pendingPlan = Nullable(
            plan.pendingPlan.map { PendingPlan(plan: $0.plan, limit: $0.limit, mode: $0.mode, from: $0.from) })
        pendingCalendar = Nullable(
            plan.pendingCalendar.map {
                PendingCalendar(zone: $0.calendar.zone, startDay: $0.calendar.startDay, from: $0.from)
            })
        self.audit = audit.map {
            Change(at: $0.at, who: $0.who, from: $0.from, to: $0.to, effective: $0.effective)
        }
    }
}
