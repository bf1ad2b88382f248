internal import Foundation
internal import Logging
internal import RedisClient

/// What those who deliver notices do with the outboxes.
package struct NoticeQueue: Sendable {
    /// How a delivery went.
    package enum Result: Sendable {
        case delivered(String)
        case failed(String)
        case noURL
        /// To be tried again after this time.
        case retry(Duration, String)
    }

    private let limiter: Limiter
    /// Accounts with something to deliver.
    package let accounts: DueList

    package init(limiter: Limiter) {
        self.limiter = limiter
        accounts = limiter.dueNotices
    }

    /// Takes the account off the list, if nothing waits in its outbox.
    package func leave(_ account: String) async throws {
        try await accounts.remove(account)
        // It may have come while this looked.
        if try await limiter.runner.send(["XLEN", limiter.keys.outbox(account)]).integer ?? 0 > 0 {
            try await accounts.add(account)
        }
    }

    /// Records how the delivery of a notice went.
    package func record(_ result: Result, of waiting: WaitingNotice, attempts: Int) async throws {
        let status: String
        var detail = ""
        var due = 0
        switch result {
        case .delivered(let text): (status, detail) = (Notice.Status.delivered.rawValue, text)
        case .failed(let text): (status, detail) = (Notice.Status.failed.rawValue, text)
        case .noURL: status = Notice.Status.noURL.rawValue
        case .retry(let time, let text):
            (status, detail) = ("retry", text)
            due = Int(limiter.serverTime.timeIntervalSince1970 * 1_000) + time.milliseconds
        }
        _ = try await deliver(waiting, status, attempts: attempts, detail: detail, due: due)
    }

    /// Takes a notice to deliver it. False if somebody else has it, or it is not due any more.
    package func take(_ waiting: WaitingNotice, for lease: Duration) async throws -> Bool {
        try await deliver(waiting, "take", attempts: 0, detail: "", due: lease.milliseconds)
    }

    private func deliver(
        _ waiting: WaitingNotice, _ status: String, attempts: Int, detail: String, due: Int
    ) async throws -> Bool {
        let keys = limiter.keys
        let account = waiting.notice.account
        let call = ScriptCall(
            keys: [keys.outbox(account), keys.deliveries(account), keys.notices(account)],
            arguments: [
                waiting.entry, status, String(attempts), detail.printable, String(due),
                String(
                    limiter.runner.belief(of: account).day.period.end.epochSeconds
                        + Int(limiter.configuration.retention.components.seconds)),
            ])
        return try await limiter.runner.run(LimiterScripts.deliver, for: account) { _ in call }.reply.integer == 1
    }

    /// The notices that wait in the account's outbox, oldest first.
    package func waiting(of account: String) async throws -> [WaitingNotice] {
        let entries = try await limiter.runner.send(["XRANGE", limiter.keys.outbox(account), "-", "+"]).elements ?? []
        let tried = try await limiter.runner.send(["HGETALL", limiter.keys.deliveries(account)]).fields ?? [:]
        return entries.compactMap { entry in
            guard let id = entry.elements?.first?.text,
                let notice = Notice(account, pending: entry, delivery: tried[id])
            else { return nil }
            return WaitingNotice(entry: id, notice: notice)
        }
    }

    /// Looks for accounts whose notices nobody was told of, and tells of periods that have begun.
    package func sweep() async throws {
        for account in try await limiter.activeAccounts() {
            do {
                if try await sweep(account) > 0 { try await accounts.add(account) }
            } catch let error as HeadcountError where error.code == .unexpectedReply {
                // A calendar that this machine doesn't know must not hide the accounts after it.
                limiter.configuration.logger.warning(
                    "account left out of the sweep", metadata: ["account": "\(account)", "reason": "\(error)"])
            }
        }
    }

    private func sweep(_ account: String) async throws -> Int {
        let keys = limiter.keys
        let configuration = limiter.configuration
        let plan = configuration.plans.defaultPlan
        let (reply, _) = try await limiter.runner.run(LimiterScripts.sweep, for: account) { belief in
            let period = belief.day.period
            let before = belief.schedule.period(at: period.start.addingTimeInterval(-1)).name
            let end = period.end.epochSeconds
            return ScriptCall(
                keys: [
                    keys.stats(account, period.name), keys.plan(account), keys.outbox(account),
                    keys.members(account, before), keys.stats(account, before),
                ],
                arguments: [
                    belief.schedule.fields, String(belief.day.start.epochSeconds), String(belief.day.end.epochSeconds),
                    String(plan.limit), plan.mode.rawValue, period.name.description,
                    String(end + Int(configuration.retention.components.seconds)),
                    String(end + Int(configuration.statsRetention.components.seconds)),
                ])
        }
        return reply.integer ?? 0
    }
}

/// A notice and its entry in the outbox.
package struct WaitingNotice: Sendable {
    /// The entry's id, which is not the notice's if it is sent again.
    package let entry: String
    package let notice: Notice
}
