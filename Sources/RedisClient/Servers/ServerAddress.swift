/// Where one Redis server listens.
package enum ServerAddress: Sendable, Hashable, CustomStringConvertible {
    case tcp(host: String, port: Int)
    case unixSocket(path: String)

    /// `host`, `host:port` or `[IPv6]:port`. Nil if it is none.
    init?(_ text: Substring, defaultPort: Int) {
        var host = text
        var port = defaultPort
        // The colon of a port comes after the brackets of an IPv6 address.
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            guard let number = Int(text[text.index(after: colon)...]), (1...65535).contains(number) else { return nil }
            host = text[..<colon]
            port = number
        }
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]")
        if isBracketed { host = host.dropFirst().dropLast() }
        // Without brackets, `::1` would be port 1 of the host `:`.
        guard Self.isHost(host), isBracketed || !host.contains(":") else { return nil }
        self = .tcp(host: String(host), port: port)
    }

    /// As Redis and sentinels tell it. Nil where nobody can listen.
    init?(host: String, port: Int) {
        guard (1...65_535).contains(port) else { return nil }
        self = .tcp(host: host, port: port)
    }

    /// Whether it may be a host's name or address: no space, no control character, nothing that belongs to a URL.
    private static func isHost(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy {
                $0.value > 0x20 && $0.value != 0x7F && !"[]/?#@,\\".unicodeScalars.contains($0)
            }
    }

    /// Empty for a socket.
    var host: String {
        switch self {
        case .tcp(let host, _): host
        case .unixSocket: ""
        }
    }

    package var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unixSocket(let path): path
        }
    }
}
