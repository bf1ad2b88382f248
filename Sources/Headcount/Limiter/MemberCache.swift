internal import Foundation
internal import NIOCore
internal import Synchronization

/// Remembers contacts that Redis has said to be members of the current period: they can't be un-counted, so that asking
/// again is not needed.
///
/// Exact: an answer is given only while Redis's clock is surely before the period's end, by what Redis last said of it.
/// Bounded: entries are kept in two generations; when the younger has its half of the entries or of the age, the older
/// is dropped and the younger becomes the older.
final class MemberCache: Sendable {
    fileprivate struct Account {
        let period: Period
        /// As of the last answer from Redis.
        var standing: Standing
        var members: Set<String> = []
    }

    fileprivate struct Generation {
        let since: NIODeadline
        var accounts: [String: Account] = [:]
        var entries = 0
    }

    private struct State {
        var young: Generation
        var old: Generation
        /// Redis's clock showed `seconds` at some time after `asked`.
        var heard: (seconds: Int, asked: NIODeadline)?
    }

    private let maximumEntries: Int
    private let maximumAge: TimeAmount
    private let now: @Sendable () -> NIODeadline
    private let state: Mutex<State>

    init(_ configuration: LocalCache, now: @escaping @Sendable () -> NIODeadline = { .now() }) {
        maximumEntries = configuration.maximumEntries
        maximumAge = TimeAmount(configuration.maximumAge)
        self.now = now
        state = Mutex(State(young: Generation(since: now()), old: Generation(since: now())))
    }

    /// Where the account stood when Redis was last asked, if the contact is surely a member of the current period.
    func member(_ contact: String, of account: String) -> Decision? {
        let now = now()
        return state.withLock { state in
            guard let heard = state.heard,
                let entry = state.young.account(account, with: contact, at: now, maximumAge)
                    ?? state.old.account(account, with: contact, at: now, maximumAge)
            else { return nil }
            // Redis's clock shows whole seconds, and so does this sum: at most two more have passed.
            let latest = heard.seconds + Int((now - heard.asked).nanoseconds / 1_000_000_000) + 2
            guard latest <= entry.period.end.epochSeconds else { return nil }
            return Decision(verdict: .alreadyActivated, period: entry.period, standing: entry.standing)
        }
    }

    /// Remembers those who were admitted.
    ///
    /// - Parameters:
    ///   - serverSeconds: Redis's clock when it decided.
    ///   - asked: when this process asked.
    func learn(
        _ contacts: [String], _ decisions: [Decision], of account: String, serverSeconds: Int, asked: NIODeadline
    ) {
        let now = now()
        state.withLock { state in
            state.heard = (serverSeconds, asked)
            if state.young.entries >= maximumEntries / 2
                || now - state.young.since >= .nanoseconds(maximumAge.nanoseconds / 2)
            {
                state.old = state.young
                state.young = Generation(since: now)
            }
            state.young.learn(contacts, decisions, of: account)
        }
    }

    /// How many contacts are remembered.
    var count: Int { state.withLock { $0.young.entries + $0.old.entries } }
}

extension MemberCache.Generation {
    func account(
        _ account: String, with contact: String, at now: NIODeadline, _ maximumAge: TimeAmount
    ) -> MemberCache.Account? {
        guard now - since < maximumAge, let found = accounts[account], found.members.contains(contact) else {
            return nil
        }
        return found
    }

    mutating func learn(_ contacts: [String], _ decisions: [Decision], of account: String) {
        guard let last = decisions.last else { return }
        if let known = accounts[account], known.period != last.period {
            entries -= known.members.count
            accounts[account] = nil
        }
        // Taken out and put back, so that the set is changed in place.
        var known = accounts.removeValue(forKey: account) ?? .init(period: last.period, standing: last.standing)
        known.standing = last.standing
        for (contact, decision) in zip(contacts, decisions) where decision.verdict.isAdmitted {
            if known.members.insert(contact).inserted { entries += 1 }
        }
        accounts[account] = known
    }
}
