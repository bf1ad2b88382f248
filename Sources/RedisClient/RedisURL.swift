internal import Foundation

/// Where a Redis is and who calls: `redis://[user:password@]host[:port][/database]`,
/// `redis+unix://[user:password@]/path/to/socket[?db=N]`, `redis-cluster://[user:password@]host[:port][,host…]`, or
/// `redis-sentinel://[user:password@]host[:port][,host…]/master-name[?db=N]`; with `rediss` for `redis`: by TLS.
package struct RedisURL: Sendable, Equatable {
    /// How many servers there are, and how the right one is found.
    package enum Topology: Sendable, Equatable {
        /// One server.
        case standalone(ServerAddress)
        /// A Redis Cluster, of which some nodes are known.
        case cluster(nodes: [ServerAddress])
        /// A master that is watched by Redis Sentinel.
        case sentinel(sentinels: [ServerAddress], master: String)
    }

    package var topology: Topology
    /// Whether it is spoken to by TLS.
    package var usesTLS = false
    package var user: String?
    package var password: String?
    package var database = 0

    package init(topology: Topology) {
        self.topology = topology
    }

    /// Throws `invalidURL` with a message that never holds the password.
    package init(_ text: String) throws(RedisError) {
        func invalid(_ reason: String) -> RedisError {
            let shown = Self.withoutCredentials(text)
            return RedisError(
                .invalidURL,
                "'\(shown)' is no usable Redis URL: \(reason); write redis://[user:password@]host:port/database, "
                    + "rediss://… for TLS, redis+unix:///path/to/socket, redis-cluster://host:port,host:port, "
                    + "or redis-sentinel://host:port,host:port/master-name"
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

        usesTLS = scheme.hasPrefix("rediss")
        let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts.count > 1 ? parts[1] : ""
        var database: Substring = ""
        switch scheme {
        case "redis", "rediss":
            guard let address = ServerAddress(parts[0], defaultPort: 6379) else {
                throw invalid("host or port is malformed")
            }
            topology = .standalone(address)
            database = path
        case "redis+unix":
            let (socket, query) = Self.splitQuery(rest)
            guard socket.hasPrefix("/"), let path = socket.removingPercentEncoding else {
                throw invalid("the socket's path must begin with '/'")
            }
            topology = .standalone(.unixSocket(path: path))
            guard let number = Self.database(ofQuery: query) else { throw invalid("only ?db=N may follow the path") }
            database = number
        case "redis-cluster", "rediss-cluster":
            guard let nodes = Self.addresses(parts[0], defaultPort: 6379) else {
                throw invalid("a host or port is malformed")
            }
            guard path.isEmpty || path == "0" else { throw invalid("a cluster has database 0 only") }
            topology = .cluster(nodes: nodes)
        case "redis-sentinel", "rediss-sentinel":
            guard let sentinels = Self.addresses(parts[0], defaultPort: 26379) else {
                throw invalid("a host or port is malformed")
            }
            let (name, query) = Self.splitQuery(path)
            guard let master = name.removingPercentEncoding, !master.isEmpty, !master.contains("/") else {
                throw invalid("the master's name, as the sentinels know it, must follow the hosts")
            }
            topology = .sentinel(sentinels: sentinels, master: master)
            guard let number = Self.database(ofQuery: query) else { throw invalid("only ?db=N may follow the name") }
            database = number
        default:
            throw invalid("its scheme is none of these")
        }
        if !database.isEmpty {
            guard let number = Int(database), number >= 0 else {
                throw invalid("what follows is no database number (a '/' in a password is written %2F)")
            }
            self.database = number
        }
    }

    private static func addresses(_ text: Substring, defaultPort: Int) -> [ServerAddress]? {
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
        let addresses = names.compactMap { ServerAddress($0, defaultPort: defaultPort) }
        return addresses.count == names.count ? addresses : nil
    }

    private static func splitQuery(_ text: Substring) -> (path: Substring, query: Substring) {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return (parts[0], parts.count > 1 ? parts[1] : "")
    }

    /// The N of `db=N`. Nil for any other query.
    private static func database(ofQuery query: Substring) -> Substring? {
        query.isEmpty || query.hasPrefix("db=") ? query.dropFirst("db=".count) : nil
    }

    private static let schemes = [
        "redis", "rediss", "redis+unix", "redis-cluster", "rediss-cluster", "redis-sentinel", "rediss-sentinel",
    ]

    private static func withoutCredentials(_ text: String) -> String {
        // By scalars: to Swift an '@' with a mark that combines with it is no '@'.
        guard let at = text.unicodeScalars.lastIndex(of: "@") else { return text }
        // What else stands before "://" may be a part of the credentials.
        let scheme = schemes.first { text.hasPrefix($0 + "://") }
        return (scheme.map { $0 + "://" } ?? "") + "…" + String(text.unicodeScalars[at...])
    }
}

extension RedisURL: CustomStringConvertible {
    /// For messages: where it is, without scheme and credentials.
    package var description: String {
        switch topology {
        case .standalone(let address): address.description
        case .cluster(let nodes): nodes.map(\.description).joined(separator: ",")
        case .sentinel(let sentinels, let master):
            sentinels.map(\.description).joined(separator: ",") + "/" + master
        }
    }
}
