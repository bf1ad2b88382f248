/// Where a node of a Redis Cluster sends a caller: `MOVED 3999 127.0.0.1:6381` or `ASK 3999 127.0.0.1:6381`.
struct Redirect: Equatable {
    enum Kind: Equatable {
        /// The slot has another master from now on.
        case moved
        /// The slot is moving: this one command goes to its new master, and is announced by `ASKING`.
        case ask
    }

    let kind: Kind
    let slot: Int
    let address: ServerAddress

    /// Nil for any other error.
    ///
    /// - Parameter host: whose error it is; a node that doesn't know the other's host leaves it out.
    init?(_ error: RedisError, from host: String) {
        switch error.code {
        case .server("MOVED"): kind = .moved
        case .server("ASK"): kind = .ask
        default: return nil
        }
        let words = error.message.split(separator: " ")
        guard words.count >= 3, let slot = Int(words[1]), (0..<KeySlot.count).contains(slot) else { return nil }
        // An IPv6 address stands there without brackets.
        guard let colon = words[2].lastIndex(of: ":"), let port = Int(words[2][words[2].index(after: colon)...]) else {
            return nil
        }
        let name = String(words[2][..<colon])
        guard let address = ServerAddress(host: name.isEmpty ? host : name, port: port) else { return nil }
        self.slot = slot
        self.address = address
    }
}
