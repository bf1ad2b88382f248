internal import NIOCore

/// Who was admitted without Redis in an outage, and whether somebody more may be. A value without I/O or clocks.
struct OutageBook: Sendable {
    /// How long Redis has to answer again until the outage is over.
    static let recovery = TimeAmount.seconds(60)

    /// The same contact counts once a period.
    struct Item: Hashable, Sendable {
        let contact: ExactText
        let period: PeriodName
    }

    private struct Account {
        /// Those whose admission is on disk.
        var admitted: Set<Item> = []
        /// Those whose admission is being written, by how many callers.
        var pending: [Item: Int] = [:]

        var count: Int { admitted.count + pending.count }
    }

    private struct Outage {
        let began: NIODeadline
        /// Redis has answered since; nil while it doesn't.
        var answeredSince: NIODeadline?
        var accounts: [String: Account] = [:]
    }

    enum Bound: Hashable, Sendable {
        case contacts
        case duration
    }

    /// What may be done about contacts, in order.
    struct Admission: Sendable {
        /// Of as many contacts, from the first, as may be admitted.
        var verdicts: [Verdict] = []
        /// To be journalled before anybody hears of it, and settled then.
        var toWrite: [Item] = []
        /// Why the next contact is not admitted; nil if all are.
        var reached: Bound?
    }

    private let maximumContacts: Int
    private let maximumDuration: TimeAmount
    private var outage: Outage?

    init(maximumContacts: Int, maximumDuration: TimeAmount) {
        self.maximumContacts = maximumContacts
        self.maximumDuration = maximumDuration
    }

    /// Redis left a call unanswered. True if an outage begins.
    mutating func failed(at now: NIODeadline) -> Bool {
        if let since = outage?.answeredSince, now - since >= Self.recovery { outage = nil }
        outage?.answeredSince = nil
        if outage != nil { return false }
        outage = Outage(began: now)
        return true
    }

    enum Answered: Sendable {
        /// The first answer since: with how many contacts admitted until now.
        case again(admitted: Int)
        /// It goes on answering.
        case still
        /// The outage is over.
        case over
    }

    /// Redis answered a call.
    mutating func answered(at now: NIODeadline) -> Answered {
        guard let outage else { return .over }
        guard let since = outage.answeredSince else {
            self.outage?.answeredSince = now
            return .again(admitted: outage.accounts.values.reduce(0) { $0 + $1.admitted.count })
        }
        guard now - since >= Self.recovery else { return .still }
        self.outage = nil
        return .over
    }

    /// Whether somebody new may be admitted at all.
    func isWithinTime(at now: NIODeadline) -> Bool {
        outage.map { now - $0.began < maximumDuration } ?? true
    }

    /// Takes as many of the contacts, from the first, as the bounds allow. Who was admitted before passes in any case.
    mutating func admit(_ contacts: [String], of account: String, in period: PeriodName, at now: NIODeadline)
        -> Admission
    {
        var admission = Admission()
        let isWithinTime = isWithinTime(at: now)
        var known = outage?.accounts.removeValue(forKey: account) ?? Account()
        var taken: Set<Item> = []
        for contact in contacts {
            let item = Item(contact: ExactText(contact), period: period)
            if known.admitted.contains(item) || taken.contains(item) {
                admission.verdicts.append(.alreadyActivated)
                continue
            }
            let isPending = known.pending[item] != nil
            if !isPending {
                admission.reached = isWithinTime ? known.count < maximumContacts ? nil : .contacts : .duration
                if admission.reached != nil { break }
            }
            // Of two that ask at once, the second may not rely on what the first has not written yet.
            known.pending[item, default: 0] += 1
            taken.insert(item)
            admission.toWrite.append(item)
            admission.verdicts.append(isPending ? .alreadyActivated : .activated)
        }
        outage?.accounts[account] = known
        return admission
    }

    /// What was to be written is on disk, or could not be written: then it doesn't count.
    mutating func settle(_ written: [Item], of account: String, isOnDisk: Bool) {
        // Taken out and put back, so that the sets are changed in place.
        guard var known = outage?.accounts.removeValue(forKey: account) else { return }
        for item in written {
            if isOnDisk { known.admitted.insert(item) }
            let writers = (known.pending[item] ?? 1) - 1
            known.pending[item] = writers > 0 && !known.admitted.contains(item) ? writers : nil
        }
        outage?.accounts[account] = known
    }
}
