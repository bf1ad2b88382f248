internal import Foundation
internal import Synchronization

/// What a call goes by. Redis refuses the call if it is wrong, and says what is right.
struct AccountBelief: Sendable {
    /// Today in the account's calendar.
    let day: BillingDay
    let schedule: CalendarSchedule
    /// The field `identities` of the plan: which period last had contacts erased or merged.
    let identities: String
}

/// What this process believes of accounts: their calendars and today in each of them, and whether contacts were erased
/// or merged. Redis corrects it (R5).
final class AccountBeliefs: Sendable {
    /// More accounts than this with something of their own: all are forgotten, and learned again when next asked for.
    private static let maximumAccounts = 100_000

    private struct State {
        /// Accounts whose calendar is not the standard one.
        var schedules: [String: CalendarSchedule] = [:]
        /// Accounts that have such a field.
        var identities: [String: String] = [:]
        /// By the schedule's fields. Working out a day takes longer than a call to Redis, and all accounts of a zone
        /// share it.
        var days: [String: BillingDay] = [:]
    }

    private let state = Mutex(State())

    /// As far as this process knows.
    func belief(of account: String, at time: Date) -> AccountBelief {
        let known = state.withLock { state in
            let schedule = state.schedules.isEmpty ? .standard : state.schedules[account] ?? .standard
            let identities = state.identities.isEmpty ? "" : state.identities[account] ?? ""
            return (day: state.days[schedule.fields], schedule: schedule, identities: identities)
        }
        if let day = known.day, day.contains(time) {
            return AccountBelief(day: day, schedule: known.schedule, identities: known.identities)
        }
        let day = known.schedule.day(at: time)
        state.withLock { state in
            if state.days.count >= 1_000 { state.days.removeAll() }
            state.days[known.schedule.fields] = day
        }
        return AccountBelief(day: day, schedule: known.schedule, identities: known.identities)
    }

    func learn(_ schedule: CalendarSchedule, of account: String) {
        state.withLock { state in
            if state.schedules.count >= Self.maximumAccounts { state.schedules.removeAll() }
            state.schedules[account] = schedule == .standard ? nil : schedule
        }
    }

    func learn(identities: String, of account: String) {
        state.withLock { state in
            if state.identities.count >= Self.maximumAccounts { state.identities.removeAll() }
            state.identities[account] = identities.isEmpty ? nil : identities
        }
    }
}
