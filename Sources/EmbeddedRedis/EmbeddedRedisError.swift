/// What kept a redis-server from starting; says what to do.
public struct EmbeddedRedisError: Error, CustomStringConvertible {
    /// One line for a person.
    public let description: String
}
