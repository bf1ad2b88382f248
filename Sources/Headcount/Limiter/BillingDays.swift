internal import Foundation
internal import Synchronization

/// What this process believes of accounts' calendars, and today in each of them. Redis corrects it (R5).
final class BillingDays: Sendable {
    /// More accounts than this with a calendar of their own: all are forgotten, and learned again when next asked for.
    private static let maximumAccounts = 100_000

    private struct State {
        /// Accounts whose calendar is not the standard one.
        var schedules: [String: CalendarSchedule] = [:]
        /// By the schedule's fields. Working out a day takes longer than a call to Redis, and all accounts of a zone
        /// share it.
        var days: [String: BillingDay] = [:]
    }

    private let state = Mutex(State())

    /// The account's calendar and its day at `time`, as far as this process knows.
    func day(of account: String, at time: Date) -> (day: BillingDay, schedule: CalendarSchedule) {
        let known = state.withLock { state in
            let schedule = state.schedules.isEmpty ? .standard : state.schedules[account] ?? .standard
            return (day: state.days[schedule.fields], schedule: schedule)
        }
        if let day = known.day, day.contains(time) { return (day, known.schedule) }
        let day = known.schedule.day(at: time)
        state.withLock { state in
            if state.days.count >= 1_000 { state.days.removeAll() }
            state.days[known.schedule.fields] = day
        }
        return (day, known.schedule)
    }

    func learn(_ schedule: CalendarSchedule, of account: String) {
        state.withLock { state in
            if state.schedules.count >= Self.maximumAccounts { state.schedules.removeAll() }
            state.schedules[account] = schedule == .standard ? nil : schedule
        }
    }
}
