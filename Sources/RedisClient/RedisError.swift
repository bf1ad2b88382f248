/// What went wrong between this process and Redis, and whether the command may have run there all the same.
package struct RedisError: Error, Sendable, Equatable, CustomStringConvertible {
    package enum Code: Sendable, Equatable {
        /// The URL can't be used.
        case invalidURL
        /// No connection could be made.
        case connectionFailed
        /// Redis refused the user, the password or the database.
        case handshakeRefused
        /// The connection broke before the reply came.
        case connectionLost
        /// No reply came before the deadline.
        case timedOut
        /// The calling task was cancelled.
        case cancelled
        /// Too much is already waiting on this connection.
        case overloaded
        /// The client was closed.
        case closed
        /// The server sent what is no RESP2, or too large a reply.
        case protocolViolation
        /// Redis answered with an error; the first word of it, such as `OOM` or `NOSCRIPT`.
        case server(String)
    }

    package let code: Code
    package let message: String
    /// Whether the command may have been executed although the caller has no result.
    package let mayHaveExecuted: Bool

    package init(_ code: Code, _ message: String, mayHaveExecuted: Bool = false) {
        self.code = code
        self.message = message
        self.mayHaveExecuted = mayHaveExecuted
    }

    /// An error reply, whose command had no effect: scripts and commands fail before they write, but for the few
    /// that say otherwise.
    package init(reply: String) {
        self.init(.server(String(reply.prefix { $0 != " " })), reply)
    }

    package var description: String { message }
}
