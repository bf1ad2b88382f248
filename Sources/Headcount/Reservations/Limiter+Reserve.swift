internal import Foundation
internal import RedisClient

extension Limiter {
    /// Most and least that a slot may be held.
    package static let leases: ClosedRange<Duration> = .milliseconds(100) ... .seconds(86_400)

    /// Holds a slot for a contact that an automation is about to touch and may yet fail to (R11): confirm it afterwards,
    /// or release it. A held slot counts against the limit; a lease that runs out is released by itself.
    ///
    /// Several automations may hold the same contact: that takes one slot, until the last of them lets go.
    ///
    /// Keys: the period's members, held, holders, stats, refused and merged, and the plan; the index of accounts.
    ///
    /// - Parameter lease: how long the slot is held, 0.1 seconds to a day.
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidContact`, `invalidAction` and `invalidLease` before anything
    ///   is sent, `unavailable` when Redis can't answer.
    public func reserve(
        _ contact: String, in account: String, by action: Action, lease: Duration = .seconds(60)
    ) async throws -> Reservation {
        try Identifier.check(account: account)
        try Identifier.check(contact: contact)
        try Self.check(lease: lease)
        guard try configuration.actionKinds.counts(action) else { return notCounted(in: account) }
        return try await reservations.ask(
            .init(contact: contact), in: .init(account: account, kind: action.kind, lease: lease))
    }

    /// Holds slots for any number of contacts in calls of at most 512, one after the other: the answers are in input order,
    /// and those of asking one by one.
    ///
    /// - Throws: As for one contact; all ids are checked before anything is sent. What was held before Redis failed stays
    ///   held until its lease ends.
    public func reserve(
        _ contacts: [String], in account: String, by action: Action, lease: Duration = .seconds(60)
    ) async throws -> [Reservation] {
        try Identifier.check(account: account)
        for contact in contacts { try Identifier.check(contact: contact) }
        try Self.check(lease: lease)
        guard try configuration.actionKinds.counts(action) else { return contacts.map { _ in notCounted(in: account) } }
        let lane = ReservationLane(account: account, kind: action.kind, lease: lease)
        return try await inParts(contacts) { part in
            try await self.reserver.reserve(part.map { .init(contact: $0) }, in: lane).compactMap { $0 }
        }
    }

    /// The contact was touched: it counts, in the period in which it was reserved, even if the lease has ended. Confirming
    /// twice counts once. Keys as for ``reserve(_:in:by:lease:)``, and the outbox.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `unavailable`.
    @discardableResult
    public func confirm(_ token: ReservationToken, in account: String) async throws -> Settlement {
        try await settle(token, .confirm, in: account)
    }

    /// The contact was not touched: the slot is free again, unless the contact is counted or held by another automation.
    /// Releasing twice, or too late, is harmless. Keys as for ``confirm(_:in:)``.
    ///
    /// - Throws: As ``confirm(_:in:)``.
    @discardableResult
    public func release(_ token: ReservationToken, in account: String) async throws -> Settlement {
        try await settle(token, .release, in: account)
    }

    /// Confirms any number of reservations; the answers are in input order.
    ///
    /// - Throws: As ``confirm(_:in:)``. When Redis fails in the middle, confirm all of them again.
    @discardableResult
    public func confirm(_ tokens: [ReservationToken], in account: String) async throws -> [Settlement] {
        try await settle(tokens, .confirm, in: account)
    }

    /// Releases any number of reservations; the answers are in input order.
    ///
    /// - Throws: As ``confirm(_:in:)``. When Redis fails in the middle, release all of them again.
    @discardableResult
    public func release(_ tokens: [ReservationToken], in account: String) async throws -> [Settlement] {
        try await settle(tokens, .release, in: account)
    }

    /// Reserves, works, and confirms; releases when the work throws, which it may only do if it did not touch the contact.
    /// The lease is renewed for as long as the work takes.
    ///
    ///     try await limiter.withReservation(for: contact, in: account, by: .scenario("welcome")) { try await send() }
    ///
    /// - Returns: ``Reserved/limitReached(_:)`` if the limit refused the contact: then the work was not done.
    /// - Throws: What the work throws, and what ``reserve(_:in:by:lease:)`` does. `unavailable` may also mean that the work was
    ///   done and could not be confirmed: that shows in the work's own traces only.
    @discardableResult
    public func withReservation<Result: Sendable>(
        for contact: String, in account: String, by action: Action, lease: Duration = .seconds(60),
        _ work: @Sendable () async throws -> Result
    ) async throws -> Reserved<Result> {
        let reservation = try await reserve(contact, in: account, by: action, lease: lease)
        switch reservation.verdict {
        case .limitReached: return .limitReached(reservation)
        case .alreadyActivated: return .done(try await work(), .alreadyActivated)
        case .notCounted: return .done(try await work(), .notCounted)
        case .reserved: break
        }
        guard let token = reservation.token else { preconditionFailure("a held slot has a token") }
        let renewal = Task { await renew(token, in: account, by: action, lease: lease) }
        let result: Result
        do {
            result = try await work()
            renewal.cancel()
        } catch {
            renewal.cancel()
            // One that is under way would hold the slot once more.
            await renewal.value
            // Its own cancellation must not keep the slot.
            _ = try? await Task { try await release(token, in: account) }.value
            throw error
        }
        let settlement = try await Task { try await confirm(token, in: account) }.value
        return .done(result, settlement == .activated ? .activated : .alreadyActivated)
    }

    private func renew(_ token: ReservationToken, in account: String, by action: Action, lease: Duration) async {
        while (try? await Task.sleep(for: lease / 2)) != nil {
            // In the next period it would be another slot.
            guard runner.belief(of: account).day.period.name == token.period else { return }
            _ = try? await reserver.reserve(
                [.init(contact: token.contact, id: token.id)],
                in: .init(account: account, kind: action.kind, lease: lease))
        }
    }

    private func settle(_ token: ReservationToken, _ what: Settler.What, in account: String) async throws -> Settlement
    {
        try Identifier.check(account: account)
        let answer = try await settlements.ask(
            .init(contact: token.contact, what: what, id: token.id), in: .init(account: account, period: token.period))
        return answer ?? .notHeld
    }

    private func settle(
        _ tokens: [ReservationToken], _ what: Settler.What, in account: String
    ) async throws -> [Settlement] {
        try Identifier.check(account: account)
        var answers: [Settlement] = Array(repeating: .notHeld, count: tokens.count)
        for (period, indices) in Dictionary(grouping: tokens.indices, by: { tokens[$0].period }) {
            let lane = SettlementLane(account: account, period: period)
            let settled = try await inParts(indices) { part in
                try await self.settler.settle(
                    part.map { .init(contact: tokens[$0].contact, what: what, id: tokens[$0].id) }, in: lane)
            }
            for (index, answer) in zip(indices, settled) { answers[index] = answer ?? .notHeld }
        }
        return answers
    }

    private static func check(lease: Duration) throws(HeadcountError) {
        guard leases.contains(lease) else {
            throw HeadcountError(.invalidLease, "a lease is 0.1 to 86400 seconds", value: "\(lease)")
        }
    }

    private func notCounted(in account: String) -> Reservation {
        runner.metrics.reserved(.notCounted, 1)
        let standing = Standing(used: 0, held: 0, limit: .max, mode: .unlimited)
        return Reservation(
            verdict: .notCounted, token: nil, period: runner.belief(of: account).day.period, standing: standing)
    }

    /// In calls of at most 512, one after the other.
    private func inParts<Item, Answer>(
        _ items: [Item], _ call: ([Item]) async throws -> [Answer]
    ) async throws -> [Answer] {
        var answers: [Answer] = []
        answers.reserveCapacity(items.count)
        var rest = items[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(LimiterScripts.maximumContacts))
            answers += try await call(part)
            rest = rest.dropFirst(part.count)
        }
        return answers
    }
}
