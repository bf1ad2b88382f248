internal import RedisClient

extension RedisValue {
    /// The bytes of a bulk string, or of what Redis says as a number or a status.
    var bytes: [UInt8]? {
        if case .string(let bytes) = self { return bytes }
        return text.map { Array($0.utf8) }
    }
}
