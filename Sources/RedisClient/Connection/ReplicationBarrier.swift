/// How many replicas must have confirmed a connection's writes before their replies count (`WAIT`). A value without I/O.
package struct ReplicationBarrier: Sendable, Equatable {
    /// 1 or more.
    package let replicas: Int
    /// For how long Redis waits for them, in milliseconds.
    package let milliseconds: Int

    package init(replicas: Int, milliseconds: Int) {
        self.replicas = replicas
        self.milliseconds = milliseconds
    }

    /// What is sent behind the writes.
    var command: RedisCommand { ["WAIT", String(replicas), String(milliseconds)] }

    /// What a caller gets whose command was answered by `held`, once the barrier was by `reply`.
    func answer(_ held: RedisValue, _ reply: RedisValue, server: String) -> Result<RedisValue, RedisError> {
        // What Redis refused was not written, and says what to do instead.
        if case .error = held { return .success(held) }
        return failure(reply, server: server).map { .failure($0) } ?? .success(held)
    }

    /// Why the reply to ``command`` doesn't do; nil if it does.
    private func failure(_ reply: RedisValue, server: String) -> RedisError? {
        if case .error(let text) = reply {
            // It was demoted between the two.
            let isReplica = text.hasPrefix("ERR WAIT cannot be used with replica")
            return RedisError(
                isReplica ? .server("READONLY") : RedisError(reply: text).code, text, mayHaveExecuted: true)
        }
        let confirmed = reply.integer ?? 0
        guard confirmed < replicas else { return nil }
        return RedisError(
            .notReplicated,
            "\(server) has done it, but \(confirmed) of its replicas confirmed it in \(milliseconds) ms, where "
                + "\(replicas) must", mayHaveExecuted: true)
    }
}
