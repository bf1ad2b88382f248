internal import Foundation
internal import Logging
internal import NIOCore
internal import Synchronization

/// Admits contacts while Redis can't be asked: within bounds, and each of them journalled before anybody hears of it.
final class BlindAdmissions: Sendable {
    struct Answer: Sendable {
        /// Of as many contacts, from the first, as are admitted.
        let verdicts: [Verdict]
        /// Why the others are not; nil if all are.
        let reason: String?
    }

    private let settings: FailOpen
    private let book: Mutex<OutageBook>
    private let journal: JournalWriter
    private let metrics: LimiterMetrics
    private let logger: Logger
    private let isUnderWay = Atomic(false)
    /// What was said of the outage already.
    private let said = Mutex<Set<String>>([])

    init(_ settings: FailOpen, metrics: LimiterMetrics, logger: Logger) {
        self.settings = settings
        self.metrics = metrics
        self.logger = logger
        book = Mutex(
            OutageBook(
                maximumContacts: settings.maximumContacts, maximumDuration: TimeAmount(settings.maximumDuration)))
        journal = JournalWriter(directory: settings.journal)
    }

    /// Whether calls would be admitted now, were Redis not there.
    var isWithinTime: Bool { book.withLock { $0.isWithinTime(at: .now()) } }

    /// Redis answered a call.
    func answered() {
        guard isUnderWay.load(ordering: .relaxed) else { return }
        let answered = book.withLock { book in
            let answered = book.answered(at: .now())
            if case .over = answered { isUnderWay.store(false, ordering: .relaxed) }
            return answered
        }
        guard case .again(let admitted) = answered else { return }
        // Nobody who replays it waits for this process.
        journal.close()
        if admitted > 0 {
            logger.notice(
                "Redis answers again; replay the journal",
                metadata: ["admitted": "\(admitted)", "journal": "\(settings.journal)"])
        }
    }

    /// Redis left a call about these contacts unanswered.
    func admit(
        _ contacts: [String], in account: String, by action: Action, _ period: PeriodName, at time: Date
    ) async -> Answer {
        let (isNew, admission) = book.withLock { book in
            let now = NIODeadline.now()
            let isNew = book.failed(at: now)
            isUnderWay.store(true, ordering: .relaxed)
            return (isNew, book.admit(contacts, of: account, in: period, at: now))
        }
        if isNew { said.withLock { $0.removeAll() } }
        if !admission.toWrite.isEmpty {
            let entries = admission.toWrite.map {
                JournalEntry(time: time, account: account, contact: $0.contact.text, action: action, period: $0.period)
            }
            do {
                try await journal.append(entries)
                book.withLock { $0.settle(admission.toWrite, of: account, isOnDisk: true) }
                once("Redis is unavailable: contacts are admitted without it, within bounds", .warning)
            } catch {
                book.withLock { $0.settle(admission.toWrite, of: account, isOnDisk: false) }
                once("Redis is unavailable, and nobody is admitted without it: \(error)", .error)
                metrics.failedOpen(.notJournalled, contacts.count)
                return Answer(verdicts: [], reason: "nobody is admitted without it, since \(error)")
            }
        }
        metrics.failedOpen(.admitted, admission.verdicts.count)
        guard let bound = admission.reached else { return Answer(verdicts: admission.verdicts, reason: nil) }
        metrics.failedOpen(.boundReached, contacts.count - admission.verdicts.count)
        let reason =
            switch bound {
            case .contacts:
                "\(settings.maximumContacts.grouped) contacts of the account were admitted without it, which is the most"
            case .duration: "it has been so for longer than contacts are admitted without it"
            }
        once("Redis is unavailable, and a bound is reached: \(reason)", .warning)
        return Answer(verdicts: admission.verdicts, reason: reason)
    }

    /// Not every caller's line in the log.
    private func once(_ message: String, _ level: Logger.Level) {
        guard said.withLock({ $0.insert(message).inserted }) else { return }
        logger.log(
            level: level, "\(message)",
            metadata: [
                "maximumContacts": "\(settings.maximumContacts)", "maximumDuration": "\(settings.maximumDuration)",
                "journal": "\(settings.journal)",
            ])
    }
}
