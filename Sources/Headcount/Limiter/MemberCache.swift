internal import Foundation
internal import NIOCore
internal import Synchronization

/// Remembers contacts that Redis has said to be members of the current period: they can't be un-counted, so that asking
/// again is not needed.
///
/// Exact: an answer is given only while Redis's clock is surely before the period's end, by what Redis last said of it.
/// Bounded: entries are kept in two generations; when the younger has its half of the entries or of the age, the older
/// is dropped and the younger becomes the older. Accounts are spread over shards, so that callers seldom wait for each
/// other's look.
final class MemberCache: Sendable {
    private final class Shard: Sendable {
        let members: Mutex<MemberShard>
        init(at now: NIODeadline) { members = Mutex(MemberShard(at: now)) }
    }

    /// The younger generation of all shards together.
    private struct Youth {
        var since: NIODeadline
        var entries = 0
    }

    private let maximumEntries: Int
    private let maximumAge: TimeAmount
    private let now: @Sendable () -> NIODeadline
    private let youth: Mutex<Youth>
    private let shards: [Shard]

    init(_ configuration: LocalCache, now: @escaping @Sendable () -> NIODeadline = { .now() }) {
        maximumEntries = configuration.maximumEntries
        maximumAge = TimeAmount(configuration.maximumAge)
        self.now = now
        let start = now()
        youth = Mutex(Youth(since: start))
        shards = (0..<16).map { _ in Shard(at: start) }
    }

    private func shard(of account: String) -> Shard {
        shards[Int(truncatingIfNeeded: UInt(bitPattern: account.hashValue) % UInt(shards.count))]
    }

    /// Where the account stood when Redis was last asked, if the contact is surely a member of the current period.
    func member(_ contact: String, of account: String) -> Decision? {
        let now = now()
        return shard(of: account).members.withLock { $0.member(contact, of: account, at: now, maximumAge: maximumAge) }
    }

    /// Remembers those who were admitted.
    ///
    /// - Parameters:
    ///   - serverSeconds: Redis's clock when it decided.
    ///   - asked: when this process asked.
    func learn(
        _ contacts: [String], _ decisions: [Decision], of account: String, serverSeconds: Int, asked: NIODeadline
    ) {
        ageIfDue()
        let added = shard(of: account).members.withLock {
            $0.learn(contacts, decisions, of: account, serverSeconds: serverSeconds, asked: asked)
        }
        youth.withLock { $0.entries += added }
    }

    private func ageIfDue() {
        let now = now()
        let isDue = youth.withLock { youth in
            guard
                youth.entries >= maximumEntries / 2
                    || now - youth.since >= .nanoseconds(maximumAge.nanoseconds / 2)
            else { return false }
            youth = Youth(since: now)
            return true
        }
        guard isDue else { return }
        for shard in shards { shard.members.withLock { $0.age(at: now) } }
    }

    /// Remembers nothing of the account any more.
    func forget(_ account: String) {
        shard(of: account).members.withLock { $0.forget(account) }
    }

    /// How many contacts are remembered.
    var count: Int { shards.reduce(0) { $0 + $1.members.withLock { $0.entries } } }
}
