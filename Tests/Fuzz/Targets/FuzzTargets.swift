extension FuzzTarget {
    /// All of them, by name.
    static let all: [FuzzTarget] = [
        audience, body, calendar, generic, identifiers, instagram, json, query, replies, session,
        topology, url,
    ]
}
