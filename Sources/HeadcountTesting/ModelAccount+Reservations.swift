internal import Foundation
internal import Headcount

/// What `lua/reserve.lua` and `lua/settle.lua` do.
extension ModelAccount {
    mutating func reserve(_ contact: ExactText, lease: Duration, at now: Date) -> Reservation {
        let period = period(at: now)
        let terms = terms(at: now)
        var counts = openCounts(in: period, at: now)
        var (name, isErased) = name(of: contact, in: period.name, counts)
        let tombstone = Self.tombstone(of: contact)
        if name == contact, hasErased(in: period.name), counts.holders[tombstone] != nil { name = tombstone }
        let leaseEnd = now.addingTimeInterval(TimeInterval(lease.components.seconds))
        let slots = counts.slots(at: now)
        var token: ReservationToken?
        let verdict: Reservation.Verdict
        let isHeld = counts.held[name].map { $0 > now } ?? false
        if isErased || counts.members.contains(name) {
            verdict = .alreadyActivated
        } else if isHeld || terms.mode != .hard || counts.members.count + slots < terms.limit {
            verdict = .reserved
            let made = Reservation.token(period: period.name, contact: contact.text)
            token = made
            counts.holders[name, default: []].append(Holder(id: made.id, leaseEnd: leaseEnd))
            counts.held[name] = max(leaseEnd, isHeld ? counts.held[name] ?? leaseEnd : leaseEnd)
        } else {
            verdict = .limitReached
            counts.refused.insert(name)
        }
        periods[period.name] = counts
        return Reservation(
            verdict: verdict, token: token, period: period, standing: standing(counts, terms, at: now))
    }

    mutating func settle(_ token: ReservationToken, isConfirmed: Bool, at now: Date) -> Settlement {
        var counts = counts(in: token.period, at: now)
        let contact = ExactText(token.contact)
        let tombstone = Self.tombstone(of: contact)
        var name = counts.merged[contact] ?? counts.merged[tombstone] ?? contact
        var isCounted = counts.members.contains(tombstone)
        func isHeld(by holder: ExactText) -> Bool { counts.holders[holder]?.contains { $0.id == token.id } ?? false }
        if isHeld(by: tombstone), !isHeld(by: name) {
            isCounted = isCounted || counts.members.contains(name)
            name = tombstone
        }
        defer { periods[token.period] = counts }
        if isCounted || counts.members.contains(name) {
            if counts.holders.removeValue(forKey: name) != nil { counts.held[name] = nil }
            return .alreadyActivated
        }
        guard let index = counts.holders[name]?.firstIndex(where: { $0.id == token.id }) else { return .notHeld }
        if isConfirmed {
            counts.members.insert(name)
            counts.holders[name] = nil
            counts.held[name] = nil
            return .activated
        }
        counts.holders[name]?.remove(at: index)
        if counts.holders[name]?.isEmpty ?? false { counts.holders[name] = nil }
        let last = counts.holders[name]?.map(\.leaseEnd).max() ?? .distantPast
        counts.held[name] = last > now ? last : nil
        return .released
    }
}

/// What `lua/erase.lua` and `lua/merge.lua` do.
extension ModelAccount {
    static func tombstone(of contact: ExactText) -> ExactText { ExactText("\u{01}erased:\(contact.text)") }

    /// How the contact is called in the period, and whether it was counted and then erased.
    func name(of contact: ExactText, in period: PeriodName, _ counts: Counts) -> (name: ExactText, isErased: Bool) {
        guard let identities, identities.period == period else { return (contact, false) }
        let tombstone = Self.tombstone(of: contact)
        let name = counts.merged[contact] ?? (identities.hasErased ? counts.merged[tombstone] : nil) ?? contact
        return (name, identities.hasErased && counts.members.contains(tombstone))
    }

    func hasErased(in period: PeriodName) -> Bool { identities.map { $0.period == period && $0.hasErased } ?? false }

    mutating func erase(_ contact: ExactText, at now: Date) -> [PeriodName] {
        let current = period(at: now).name
        var found: [PeriodName] = []
        let tombstone = Self.tombstone(of: contact)
        periods[current] = openCounts(in: period(at: now), at: now)
        for name in periods.keys.sorted(by: { $0.description > $1.description }) {
            var counts = counts(in: name, at: now)
            guard name == current || !(counts.members.isEmpty && counts.holders.isEmpty && counts.merged.isEmpty) else {
                continue
            }
            var isFound = counts.members.remove(contact) != nil
            if isFound {
                counts.members.insert(tombstone)
            } else if !counts.members.contains(tombstone) {
                counts.erased.insert(tombstone)
            }
            if let held = counts.held.removeValue(forKey: contact) {
                isFound = true
                counts.held[tombstone] = held
            }
            if let holders = counts.holders.removeValue(forKey: contact) {
                isFound = true
                counts.holders[tombstone] = holders
            }
            if let into = counts.merged.removeValue(forKey: contact) {
                isFound = true
                counts.merged[tombstone] = into
            }
            for (from, into) in counts.merged where into == contact {
                isFound = true
                counts.merged[from] = nil
                counts.merged[from.text.hasPrefix("\u{01}") ? from : Self.tombstone(of: from)] = tombstone
            }
            periods[name] = counts
            guard isFound else { continue }
            found.append(name)
            if name == current { identities = (name, true) }
        }
        return found
    }

    mutating func merge(_ from: ExactText, into: ExactText, at now: Date) -> Merge {
        let period = period(at: now)
        var counts = openCounts(in: period, at: now)
        func known(_ contact: ExactText) -> ExactText {
            let tombstone = Self.tombstone(of: contact)
            let isErased = counts.members.contains(tombstone) || counts.held[tombstone].map { $0 > now } ?? false
            return counts.merged[contact] ?? counts.merged[tombstone] ?? (isErased ? tombstone : contact)
        }
        let (from, into) = (known(from), known(into))
        let (fromCounted, intoCounted) = (counts.members.contains(from), counts.members.contains(into))
        let merge = Merge(fromWasCounted: fromCounted, intoWasCounted: intoCounted)
        if from == into { return merge }
        if fromCounted {
            counts.members.remove(from)
            counts.members.insert(
                intoCounted ? ExactText("\u{01}merged:\(counts.members.count)-\(from.text)") : into)
        }
        let holders = counts.holders.removeValue(forKey: from)
        let held = counts.held.removeValue(forKey: from)
        if fromCounted || intoCounted {
            counts.holders[into] = nil
            counts.held[into] = nil
        } else {
            if let holders { counts.holders[into, default: []] += holders }
            if let held { counts.held[into] = max(held, counts.held[into] ?? held) }
        }
        for (other, name) in counts.merged where name == from { counts.merged[other] = into }
        counts.merged[from] = into
        periods[period.name] = counts
        if identities?.period != period.name { identities = (period.name, false) }
        return merge
    }
}
