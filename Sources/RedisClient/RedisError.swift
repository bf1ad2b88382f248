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
        /// Redis has done it, but too few replicas confirmed it.
        case notReplicated
        /// No reply came before the deadline.
        case timedOut
        /// The server has given no sign of life for as long as the caller would have waited; nothing was sent.
        case silent
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

    /// An error reply. One that comes from inside a script may follow what the script has already written.
    package init(reply: String) {
        let reply = Self.withoutArguments(reply)
        var text = reply
        // Redis 6.2: `ERR Error running script (call to f_…): @user_script:7: @user_script: 7: -OOM command not allowed …`
        if reply.hasPrefix("ERR Error running script"), let last = reply.ranges(of: #/@user_script: ?\d+: /#).last {
            text = String(reply[last.upperBound...])
            if text.hasPrefix("-") { text.removeFirst() }
        }
        var code = String(text.prefix { $0 != " " })
        if text.contains("The user executing the script can't") {
            code = "NOPERM"
            // Where Redis 7 says it.
            if let line = reply.firstMatch(of: #/@user_script:(\d+): /#) { text += ", on @user_script:\(line.1)." }
        }
        // Redis 7.2 and Valkey.
        if text.contains("ACL failure in script") { code = "NOPERM" }
        self.init(.server(code), text, mayHaveExecuted: reply.contains("user_script"))
    }

    /// An error reply without the command's arguments: a server that lacks a command repeats them, and secrets and contact ids
    /// are among them.
    static func withoutArguments(_ reply: String) -> String {
        reply.firstRange(of: ", with args beginning with").map { String(reply[..<$0.lowerBound]) } ?? reply
    }

    /// Whether the same command may succeed a moment later, on another connection or when the server is ready.
    package var isPassing: Bool {
        switch code {
        case .connectionLost, .connectionFailed, .notReplicated: true
        case .server(let code): Self.passingCodes.contains(code)
        default: false
        }
    }

    /// The same for a caller who needs the servers' addresses first: it may wait for longer than who looks for them.
    var ofLook: RedisError { code == .silent ? RedisError(.connectionFailed, message) : self }

    /// What a server says that is starting, busy, or in the middle of a fail-over.
    static let passingCodes: Set = ["LOADING", "BUSY", "MASTERDOWN", "TRYAGAIN", "CLUSTERDOWN"]

    package var description: String { message }
}
