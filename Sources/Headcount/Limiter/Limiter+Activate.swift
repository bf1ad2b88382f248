internal import Foundation
internal import RedisClient
internal import Tracing

extension Limiter {
    /// Activates a contact: counts it if it was not yet counted in the account's current period and the limit allows.
    ///
    /// Where ``LimiterConfiguration/failurePolicy`` says so, a contact that Redis leaves unanswered is admitted within bounds:
    /// ``Decision/failedOpen`` tells.
    ///
    /// Keys: the period's members, held, stats, refused and merged, the plan and the outbox; the index of accounts.
    ///
    /// - Throws: ``HeadcountError``: `invalidAccount`, `invalidContact` and `invalidAction` before anything is sent,
    ///   `unavailable` when Redis can't answer; `invalidConfiguration` if contacts were erased with another tombstone key.
    public func activate(_ contact: String, in account: String, by action: Action) async throws -> Decision {
        try Identifier.check(account: account)
        try Identifier.check(contact: contact)
        guard let tracer else { return try await decision(about: contact, in: account, by: action) }
        return try await DecisionSpan(account: account, action: action, contacts: 1).around(tracer) {
            [try await self.decision(about: contact, in: account, by: action)]
        }[0]
    }

    private func decision(about contact: String, in account: String, by action: Action) async throws -> Decision {
        guard try configuration.actionKinds.counts(action) else { return notCounted(in: account) }
        if let decision = activator.cache?.member(contact, of: account) {
            runner.metrics.decided(.alreadyActivated)
            return decision
        }
        do {
            return try await activations.ask(contact, in: .init(account: account, kind: action.kind))
        } catch let error as HeadcountError {
            return try await failOpen([contact], in: account, by: action, after: error)[0]
        }
    }

    /// Activates any number of contacts in calls of at most 512, one after the other: the decisions are in input order,
    /// and those of asking one by one. A contact that stands twice is `alreadyActivated` the second time.
    ///
    /// - Throws: As for one contact; all ids are checked before anything is sent. When Redis fails in the middle,
    ///   ``HeadcountError/decided`` has the decisions made until then.
    public func activate(_ contacts: [String], in account: String, by action: Action) async throws -> [Decision] {
        try Identifier.check(account: account)
        for contact in contacts { try Identifier.check(contact: contact) }
        guard let tracer else { return try await decisions(about: contacts, in: account, by: action) }
        return try await DecisionSpan(account: account, action: action, contacts: contacts.count).around(tracer) {
            try await self.decisions(about: contacts, in: account, by: action)
        }
    }

    private func decisions(
        about contacts: [String], in account: String, by action: Action
    ) async throws -> [Decision] {
        guard try configuration.actionKinds.counts(action) else {
            return Array(repeating: notCounted(in: account, contacts.count), count: contacts.count)
        }
        var decisions: [Decision] = []
        decisions.reserveCapacity(contacts.count)
        var rest = contacts[...]
        while !rest.isEmpty {
            let part = Array(rest.prefix(LimiterScripts.maximumContacts))
            do {
                decisions += try await activator.activate(part, in: account, kind: action.kind)
            } catch let error as HeadcountError {
                do {
                    decisions += try await failOpen(part, in: account, by: action, after: error)
                } catch var error as HeadcountError {
                    error.decided = decisions + error.decided
                    throw error
                }
            }
            rest = rest.dropFirst(part.count)
        }
        return decisions
    }

    private func notCounted(in account: String, _ contacts: Int = 1) -> Decision {
        runner.metrics.decided(.notCounted, contacts)
        let standing = Standing(used: 0, held: 0, limit: .max, mode: .unlimited)
        return Decision(verdict: .notCounted, period: runner.belief(of: account).day.period, standing: standing)
    }
}
