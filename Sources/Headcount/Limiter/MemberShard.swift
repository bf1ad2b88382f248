internal import Foundation
internal import NIOCore

/// What a ``MemberCache`` remembers of some of the accounts, in two generations. A value without locks or clocks.
struct MemberShard {
    fileprivate struct Account {
        let period: Period
        /// As of the last answer from Redis.
        var standing: Standing
        var members: Set<ExactText> = []
    }

    fileprivate struct Generation {
        let since: NIODeadline
        var accounts: [String: Account] = [:]
        var entries = 0
    }

    private var young: Generation
    private var old: Generation
    /// Redis's clock showed `seconds` at some time after `asked`.
    private var heard: (seconds: Int, asked: NIODeadline)?

    init(at now: NIODeadline) {
        young = Generation(since: now)
        old = young
    }

    var entries: Int { young.entries + old.entries }

    func member(
        _ contact: String, of account: String, at now: NIODeadline, maximumAge: TimeAmount
    ) -> Decision? {
        guard let heard,
            let entry = young.account(account, with: contact, at: now, maximumAge)
                ?? old.account(account, with: contact, at: now, maximumAge)
        else { return nil }
        // Redis's clock shows whole seconds, and so does this sum: at most two more have passed.
        let latest = heard.seconds + Int((now - heard.asked).nanoseconds / 1_000_000_000) + 2
        guard latest <= entry.period.end.epochSeconds else { return nil }
        return Decision(verdict: .alreadyActivated, period: entry.period, standing: entry.standing)
    }

    mutating func forget(_ account: String) {
        young.forget(account)
        old.forget(account)
    }

    /// The older generation is dropped, and the younger becomes the older.
    mutating func age(at now: NIODeadline) {
        old = young
        young = Generation(since: now)
    }

    /// Returns by how much the younger generation has grown.
    mutating func learn(
        _ contacts: [String], _ decisions: [Decision], of account: String, serverSeconds: Int, asked: NIODeadline
    ) -> Int {
        heard = (serverSeconds, asked)
        let before = young.entries
        young.learn(contacts, decisions, of: account)
        return young.entries - before
    }
}

extension MemberShard.Generation {
    fileprivate func account(
        _ account: String, with contact: String, at now: NIODeadline, _ maximumAge: TimeAmount
    ) -> MemberShard.Account? {
        guard now - since < maximumAge, let found = accounts[account], found.members.contains(ExactText(contact)) else {
            return nil
        }
        return found
    }

    fileprivate mutating func forget(_ account: String) {
        entries -= accounts.removeValue(forKey: account)?.members.count ?? 0
    }

    fileprivate mutating func learn(_ contacts: [String], _ decisions: [Decision], of account: String) {
        guard let last = decisions.last else { return }
        if let known = accounts[account], known.period != last.period {
            entries -= known.members.count
            accounts[account] = nil
        }
        // Taken out and put back, so that the set is changed in place.
        var known = accounts.removeValue(forKey: account) ?? .init(period: last.period, standing: last.standing)
        known.standing = last.standing
        for (contact, decision) in zip(contacts, decisions) where decision.verdict.isAdmitted {
            if known.members.insert(ExactText(contact)).inserted { entries += 1 }
        }
        accounts[account] = known
    }
}
