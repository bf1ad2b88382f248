/// A key's name without the prefix, which may be another one where it goes to.
package struct StoredKey: Hashable, Sendable {
    /// Whose it is; nil for what belongs to no account.
    package let account: String?
    /// What follows the account, or the prefix: `2026-11`, `api-keys`. Any bytes.
    package let name: [UInt8]

    package init(account: String?, name: [UInt8]) {
        self.account = account
        self.name = name
    }

    package init(account: String?, name: String) {
        self.init(account: account, name: Array(name.utf8))
    }

    /// From a key's full name. Nil for one of another prefix, or whose account can't be one.
    init?(_ full: [UInt8], prefix: String) {
        let rest = full.dropFirst(prefix.utf8.count + 1)
        guard full.starts(with: Array("\(prefix):".utf8)) else { return nil }
        guard rest.first == UInt8(ascii: "{") else {
            self.init(account: nil, name: Array(rest))
            return
        }
        guard let end = rest.firstIndex(of: UInt8(ascii: "}")), rest[end...].dropFirst().first == UInt8(ascii: ":"),
            let account = String(validating: rest[rest.startIndex..<end].dropFirst(), as: UTF8.self),
            (try? Identifier.check(account: account)) != nil
        else { return nil }
        self.init(account: account, name: Array(rest[(end + 2)...]))
    }

    /// The key's name in Redis.
    func full(prefix: String) -> [UInt8] {
        Array((account.map { "\(prefix):{\($0)}:" } ?? "\(prefix):").utf8) + name
    }

    /// For people; what is no UTF-8 is replaced.
    package var text: String { String(decoding: name, as: UTF8.self) }
}
