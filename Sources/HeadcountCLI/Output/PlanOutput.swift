import Foundation
import Headcount

/// What `--json` prints of an account's plan.
struct PlanLine: Encodable {
    struct PendingPlan: Encodable {
        let plan: String
        let limit: Int
        let mode: LimitMode
        let from: Date
    }

    struct PendingCalendar: Encodable {
        let zone: String
        let startDay: Int
        let from: Date
    }

    struct Change: Encodable {
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

    init(_ plan: AccountPlan, audit: [PlanAuditEntry]) {
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

/// An account's plan for people.
enum PlanText {
    static func text(_ plan: AccountPlan, audit: [PlanAuditEntry]) -> String {
        var rows = [
            ["account", plan.account],
            ["plan", plan.plan],
            ["limit", "\(Format.count(plan.limit)) contacts a month"],
            ["mode", plan.mode.rawValue],
            ["months", months(plan.calendar)],
        ]
        if let pending = plan.pendingPlan {
            let time = Format.time(pending.from, in: plan.calendar.zone)
            rows.append(["from \(time)", "\(pending.plan), \(Format.count(pending.limit)), \(pending.mode.rawValue)"])
        }
        if let pending = plan.pendingCalendar {
            rows.append(["from \(Format.time(pending.from, in: plan.calendar.zone))", months(pending.calendar)])
        }
        var text = Format.table(rows)
        if !audit.isEmpty {
            let changes = audit.map { entry in
                let time = Format.time(entry.at, in: plan.calendar.zone)
                let isLater = entry.effective > entry.at
                let note = isLater ? "(from \(Format.time(entry.effective, in: plan.calendar.zone)))" : ""
                return [time, entry.who, "\(entry.from)  ->  \(entry.to)", note]
            }
            text += "\n" + Format.table([["CHANGED AT", "BY", "FROM -> TO", ""]] + changes)
        }
        return text
    }

    private static func months(_ calendar: BillingCalendar) -> String {
        "begin on day \(calendar.startDay), \(calendar.zone)"
    }
}
