internal import Foundation
internal import RedisClient

/// How many contacts are counted, and how many the statistics know of.
struct PeriodTally: Hashable {
    let members, days, unattributed: Int

    /// How many counted contacts the statistics lack; below 0: how many they have that aren't counted.
    var missing: Int { members - days - unattributed }
}

extension Limiter {
    /// What tally.lua writes down.
    enum TallyMending: String {
        case none = "look"
        /// Only counted contacts that the statistics lack.
        case missing
        /// Also that they have more than are counted, as after a merge of two states.
        case any
    }

    @discardableResult
    func tally(of account: String, _ period: PeriodName, mends: TallyMending = .none) async throws -> PeriodTally {
        let end = try await end(of: period, account).epochSeconds
        let call = ScriptCall(
            keys: [keys.members(account, period), keys.stats(account, period)],
            arguments: [mends.rawValue, String(end + Int(configuration.statsRetention.components.seconds))])
        let (reply, _) = try await runner.run(LimiterScripts.tally, for: account) { _ in call }
        let numbers = (reply.elements ?? []).compactMap(\.integer)
        guard numbers.count == 3 else {
            throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to tally.lua")
        }
        return PeriodTally(members: numbers[0], days: numbers[1], unattributed: numbers[2])
    }

    /// When a period of the account ends; by UTC, if its calendar is none that this machine knows.
    func end(of period: PeriodName, _ account: String) async throws -> Date {
        let zone = try? await usage(of: account).calendar.zone
        let calendar = zone.flatMap { try? BillingCalendar(zone: $0, startDay: period.startDay) }
        let utc = try BillingCalendar(zone: "UTC", startDay: period.startDay)
        return (calendar ?? utc).period(year: period.year, month: period.month).end
    }
}
