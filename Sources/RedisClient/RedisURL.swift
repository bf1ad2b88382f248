internal import Foundation

/// Where a Redis is and who calls: `redis://[user:password@]host[:port][/database]`, `rediss://…` likewise with TLS, or
/// `redis+unix://[user:password@]/path/to/socket[?db=N]`.
package struct RedisURL: Sendable, Equatable {
    package enum Address: Sendable, Equatable, CustomStringConvertible {
        case tcp(host: String, port: Int)
        case unixSocket(path: String)

        package var description: String {
            switch self {
            case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
            case .unixSocket(let path): path
            }
        }
    }

    package var address: Address
    /// Whether it is spoken to by TLS.
    package var usesTLS = false
    package var user: String?
    package var password: String?
    package var database = 0

    package init(address: Address) {
        self.address = address
    }

    /// Throws `invalidURL` with a message that never holds the password.
    package init(_ text: String) throws(RedisError) {
        func invalid(_ reason: String) -> RedisError {
            let shown = Self.withoutCredentials(text)
            return RedisError(
                .invalidURL,
                "'\(shown)' is no usable Redis URL: \(reason); "
                    + "write redis://[user:password@]host:port/database, rediss://… for TLS, or redis+unix:///path/to/socket"
            )
        }
        guard let separator = text.range(of: "://") else { throw invalid("it has no scheme") }
        let scheme = text[..<separator.lowerBound].lowercased()
        var rest = text[separator.upperBound...]

        // Only what stands before the first slash can be credentials: a socket's path may hold an '@'.
        if let at = rest.prefix(while: { $0 != "/" }).lastIndex(of: "@") {
            let credentials = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            rest = rest[rest.index(after: at)...]
            guard credentials.count == 2 else { throw invalid("'@' needs user:password or :password before it") }
            guard let user = credentials[0].removingPercentEncoding,
                let password = credentials[1].removingPercentEncoding
            else { throw invalid("user or password has a malformed % escape") }
            self.user = user.isEmpty ? nil : user
            self.password = password
        }

        let database: Substring
        switch scheme {
        case "redis", "rediss":
            usesTLS = scheme == "rediss"
            let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            guard let address = Self.tcpAddress(parts[0]) else { throw invalid("host or port is malformed") }
            self.address = address
            database = parts.count > 1 ? parts[1] : ""
        case "redis+unix":
            let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts[0].hasPrefix("/"), let path = parts[0].removingPercentEncoding else {
                throw invalid("the socket's path must begin with '/'")
            }
            address = .unixSocket(path: path)
            let query = parts.count > 1 ? parts[1] : ""
            guard query.isEmpty || query.hasPrefix("db=") else { throw invalid("only ?db=N may follow the path") }
            database = query.dropFirst("db=".count)
        default:
            throw invalid("the scheme '\(scheme)' is not supported")
        }
        if !database.isEmpty {
            guard let number = Int(database), number >= 0 else {
                throw invalid("what follows the slash is no database number (a '/' in a password is written %2F)")
            }
            self.database = number
        }
    }

    private static func tcpAddress(_ text: Substring) -> Address? {
        var host = text
        var port = 6379
        // The colon of a port comes after the brackets of an IPv6 address.
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            guard let number = Int(text[text.index(after: colon)...]), (1...65535).contains(number) else { return nil }
            host = text[..<colon]
            port = number
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        return host.isEmpty ? nil : .tcp(host: String(host), port: port)
    }

    private static func withoutCredentials(_ text: String) -> String {
        guard let at = text.lastIndex(of: "@") else { return text }
        let scheme = text.range(of: "://").map { String(text[..<$0.upperBound]) } ?? ""
        return scheme + "…" + text[at...]
    }
}
