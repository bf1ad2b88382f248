internal import RedisClient

/// Says what a failed call to Redis means to the caller. "Full" is never among it (R14).
enum RedisFailure {
    /// Whether the same call may succeed a moment later on another connection or when the server is ready. All of the
    /// limiter's calls may be repeated (R4).
    static func isPassing(_ error: RedisError) -> Bool {
        switch error.code {
        case .connectionLost, .connectionFailed: true
        case .server(let code): ["LOADING", "BUSY", "MASTERDOWN", "TRYAGAIN", "CLUSTERDOWN"].contains(code)
        default: false
        }
    }

    static func describe(_ error: RedisError, server: String, mayHaveExecuted: Bool) -> any Error {
        if error.code == .cancelled { return CancellationError() }
        if error.code == .invalidURL { return HeadcountError(.invalidConfiguration, error.message) }
        return HeadcountError(
            .unavailable, reason(error, server: server), mayHaveExecuted: mayHaveExecuted,
            isRetriable: error.code != .closed && error.code != .handshakeRefused)
    }

    private static func reason(_ error: RedisError, server: String) -> String {
        guard case .server(let code) = error.code else { return "Redis is unavailable: \(error.message)" }
        let meaning =
            switch code {
            case "OOM": "is out of memory (maxmemory is reached)"
            case "READONLY": "is a read-only replica; connect to its primary"
            case "NOPERM": "does not permit this user what Headcount needs; see the user's ACL"
            case "LOADING": "is still loading its data"
            case "MISCONF": "refuses writes since it can't save its data to disk"
            case "BUSY": "is busy with another script"
            case "NOAUTH": "wants a user and password"
            case "MASTERDOWN": "is a replica that has lost its primary"
            default: "answered with an error"
            }
        return "Redis at \(server) \(meaning): \(error.message)"
    }
}
