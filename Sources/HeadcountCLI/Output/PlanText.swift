import Foundation
import Headcount

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
