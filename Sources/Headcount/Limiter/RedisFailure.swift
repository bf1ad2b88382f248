internal import RedisClient

/// Says what a failed call to Redis means to the caller. "Full" is never among it (R14).
enum RedisFailure {
    static func describe(_ error: RedisError, server: String, mayHaveExecuted: Bool) -> any Error {
        if error.code == .cancelled { return CancellationError() }
        return HeadcountError(
            .unavailable, reason(error, server: server), mayHaveExecuted: mayHaveExecuted,
            isRetriable: error.isPassing || isOverSoon(error), isOutage: isOutage(error))
    }

    /// A Redis whose replicas have not confirmed has decided all the same.
    private static func isOutage(_ error: RedisError) -> Bool {
        error.isPassing && error.code != .notReplicated || error.code == .timedOut || error.code == .silent
    }

    /// Whether somebody may mend it while the caller waits.
    private static func isOverSoon(_ error: RedisError) -> Bool {
        switch error.code {
        case .timedOut, .silent, .overloaded: true
        case .server(let code): ["OOM", "MISCONF", "READONLY", "NOREPLICAS"].contains(code)
        default: false
        }
    }

    private static func reason(_ error: RedisError, server: String) -> String {
        guard case .server(let code) = error.code else { return "Redis is unavailable: \(error.message)" }
        let meaning =
            switch code {
            case "OOM": "is out of memory (maxmemory is reached)"
            case "READONLY": "is a read-only replica; connect to its primary"
            case "NOPERM": "does not permit this user what Headcount needs; `headcount doctor --acl` prints that"
            case "LOADING": "is still loading its data"
            case "MISCONF": "refuses writes since it can't save its data to disk"
            case "BUSY": "is busy with another script"
            case "NOAUTH": "wants a user and password"
            case "MASTERDOWN": "is a replica that has lost its primary"
            case "MOVED": "is a node of a Redis Cluster; write redis-cluster:// for redis://"
            case "CLUSTERDOWN": "is a Redis Cluster that is down in part"
            case "TRYAGAIN": "is a Redis Cluster that is just moving these keys"
            default: "answered with an error"
            }
        return "Redis at \(server) \(meaning): \(error.message)"
    }
}
