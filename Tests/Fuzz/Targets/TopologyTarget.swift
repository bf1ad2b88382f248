@testable import RedisClient

/// What nodes of a cluster and sentinels say of where others are: no address of it is one that nobody can listen on.
extension FuzzTarget {
    static let topology = FuzzTarget(
        name: "topology",
        words: [
            "MOVED 3999 127.0.0.1:6381", "ASK 1 ::1:7", "MOVED 1 :7", " ", ":", "65536", "-1", "99999999999999999999",
            "?",
            "*3\r\n:0\r\n:99\r\n*2\r\n$1\r\na\r\n:7\r\n", "*1\r\n", "$2\r\nip\r\n", "$4\r\nport\r\n",
            "$12\r\nconfig-epoch\r\n",
            ":16384\r\n",
        ]
    ) { bytes in
        if let redirect = Redirect(RedisError(reply: FuzzInput(bytes).text), from: "me") {
            try hold((0..<KeySlot.count).contains(redirect.slot), "slot \(redirect.slot)")
            try redirect.address.check()
        }
        _ = KeySlot.of(bytes[...])
        let reader = ReplyReader()
        var replies: [RedisValue] = []
        try? bytes.withUnsafeBytes { try reader.read($0, into: &replies) }
        for reply in replies {
            let master = RedisValue.array(["config-epoch", "1"].map { .string(Array($0.utf8)) })
            try NamedMaster(address: reply, master: master)?.address.check()
            _ = NamedMaster(address: .array([.string([97]), .integer(1)]), master: reply)
            guard var map = SlotMap(reply, from: "me") else { continue }
            for master in map.masters { try master.check() }
            map.move(7, to: .tcp(host: "a", port: 1))
            try hold(map[7] == .tcp(host: "a", port: 1), "a slot that moved is elsewhere")
        }
    }
}

extension ServerAddress {
    fileprivate func check() throws {
        guard case .tcp(_, let port) = self else { return }
        try hold((1...65_535).contains(port), "port \(port)")
    }
}
