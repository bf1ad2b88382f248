import RedisClient

/// What Redis's user `default` may do (`ACL GETUSER`), be it on or off.
struct DefaultUser {
    let mayDoEverything: Bool

    /// Reads the reply: names and values by turns. Nil for what is none.
    init?(_ reply: [RedisValue]) {
        func value(_ name: String) -> RedisValue? {
            reply.indices.dropLast().first { $0.isMultiple(of: 2) && reply[$0].text == name }.map { reply[$0 + 1] }
        }
        guard let commands = value("commands")?.text, let keys = value("keys") else { return nil }
        // A list of patterns before Redis 7, and text since.
        mayDoEverything = commands == "+@all" && (keys.text == "~*" || keys.elements?.first?.text == "*")
    }
}
