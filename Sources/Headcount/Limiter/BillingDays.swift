internal import Foundation
internal import Synchronization

/// What this process believes of accounts' calendars, and today in each of them. Redis corrects it (R5).
final class BillingDays: Sendable {
    /// More accounts than this with a calendar of their own: all are forgotten, and learned again when next asked for.
    private static let maximumAccounts = 100_000

    private struct State {
        /// Accounts whose calendar is not the standard one.
        var schedules: [String: CalendarSchedule] = [:]
        /// Working out a day takes longer than a call to Redis, and all accounts of a zone share it.
        var days: [CalendarSchedule: BillingDay] = [:]
    }

    private let state = Mutex(State())

    func schedule(of account: String) -> CalendarSchedule {
        state.withLock { $0.schedules[account] ?? .standard }
    }

    func learn(_ schedule: CalendarSchedule, of account: String) {
        state.withLock { state in
            if state.schedules.count >= Self.maximumAccounts { state.schedules.removeAll() }
            state.schedules[account] = schedule == .standard ? nil : schedule
        }
    }

    func day(in schedule: CalendarSchedule, at time: Date) -> BillingDay {
        if let day = state.withLock({ $0.days[schedule] }), day.contains(time) { return day }
        let day = schedule.day(at: time)
        state.withLock { state in
            if state.days.count >= 1_000 { state.days.removeAll() }
            state.days[schedule] = day
        }
        return day
    }
}
