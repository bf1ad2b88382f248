internal import Crypto
internal import Foundation

/// Makes what stands in an erased contact's place: a hash of it with a secret key, so that nobody without the key can
/// tell who it was, and the same person coming back in that period is not counted twice (R12).
struct Tombstones: Sendable {
    /// Shortest key, in bytes.
    static let shortestKey = 16
    /// What every tombstone begins with. No contact id does, since R16 allows no control characters.
    static let prefix = "\u{01}erased:"

    private let key: SymmetricKey
    /// Tells keys apart without telling what they are.
    let fingerprint: String

    init(key: String) {
        self.key = SymmetricKey(data: SHA256.hash(data: Array(key.utf8)))
        fingerprint = Self.hash("headcount tombstones", self.key, bytes: 4)
    }

    /// Differs from period to period, so that nobody can follow an erased person through the months.
    func tombstone(of contact: String, in account: String, _ period: PeriodName) -> String {
        Self.prefix + Self.hash("\(account)\0\(period)\0\(contact)", key, bytes: 16)
    }

    private static func hash(_ text: String, _ key: SymmetricKey, bytes: Int) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key)
        return Hexadecimal.text(code.prefix(bytes))
    }
}

/// The plan's field `identities`: `PERIOD`, or `PERIOD:KEY` with the fingerprint of the tombstones' key.
struct IdentitiesMark {
    let period: Substring
    /// Nil if contacts were merged but none erased.
    let key: Substring?

    /// Nil for an empty field.
    init?(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 1)
        guard let period = parts.first else { return nil }
        self.period = period
        key = parts.count > 1 ? parts[1] : nil
    }
}

extension Optional<Tombstones> {
    /// The contacts' tombstones, where somebody was erased in that period; none where nobody was.
    ///
    /// - Throws: ``HeadcountError/Code/invalidConfiguration`` if they were made with a key that this process doesn't have:
    ///   it could count somebody twice.
    func needed(
        for contacts: [String], in account: String, _ period: PeriodName, _ identities: String
    ) throws(HeadcountError) -> [String]? {
        guard let mark = IdentitiesMark(identities), mark.period == period.description, let key = mark.key else {
            return nil
        }
        let tombstones = try known(key, of: account)
        return contacts.map { tombstones.tombstone(of: $0, in: account, period) }
    }

    /// - Parameter key: the fingerprint of the key with which contacts were erased.
    /// - Throws: ``HeadcountError/Code/invalidConfiguration`` unless it is this process's.
    func known(_ key: Substring, of account: String) throws(HeadcountError) -> Tombstones {
        guard let self, self.fingerprint == key else {
            let whose = self == nil ? "no tombstone key" : "another tombstone key"
            throw HeadcountError(
                .invalidConfiguration,
                "contacts of account \(account) were erased this period, and this process has \(whose): it would count "
                    + "who comes back twice; set HEADCOUNT_TOMBSTONE_KEY to the one with which they were erased")
        }
        return self
    }
}
