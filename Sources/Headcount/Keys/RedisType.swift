/// The types of Redis's values that Headcount uses, as `TYPE` calls them.
package enum RedisType: String, Codable, Sendable {
    case set, zset, hash, list, stream, string

    /// What stands beside each other for one element: a member and its score, a field and its value. Nil for streams, whose
    /// entries have an id and any number of fields.
    package var width: Int? {
        switch self {
        case .set, .list, .string: 1
        case .zset, .hash: 2
        case .stream: nil
        }
    }
}
