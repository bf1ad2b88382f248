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

    /// Why the reply to ``command`` doesn't do; nil if it does.
    func failure(_ reply: RedisValue, server: String) -> RedisError? {
        if case .error(let text) = reply {
            let error = RedisError(reply: text)
            return RedisError(error.code, error.message, mayHaveExecuted: true)
        }
        let confirmed = reply.integer ?? 0
        guard confirmed < replicas else { return nil }
        return RedisError(
            .notReplicated,
            "\(server) has done it, but \(confirmed) of its replicas confirmed it in \(milliseconds) ms, where "
                + "\(replicas) must", mayHaveExecuted: true)
    }
}
