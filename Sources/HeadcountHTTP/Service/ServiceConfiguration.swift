public import Headcount

/// What `headcount serve` is set up with, besides the limiter.
public struct ServiceConfiguration: Sendable {
    /// Where the service listens.
    public enum Address: Sendable, Equatable {
        /// A host's name or address, and a port; port 0 is any free one.
        case tcp(host: String, port: Int)
        /// The path of a unix socket.
        case unixSocket(String)
    }

    /// What is served.
    public enum Offer: Sendable {
        /// The API, the dashboard, health and metrics.
        case everything
        /// Health and metrics only, for processes that do something else.
        case health
    }

    /// What is served.
    public var offers = Offer.everything
    /// Where the service listens.
    public var address = Address.tcp(host: "127.0.0.1", port: 8080)
    /// Nil: plain HTTP, for loopback or behind a proxy that ends TLS.
    public var tls: TLSFiles?
    /// What `/metrics` shows; nil: nothing is there.
    public var metrics: PrometheusMetrics?
    /// Signs the dashboard's sessions; the same on all instances. Nil: one that ends with the process.
    public var sessionSecret: String?
    /// Pages of these origins, such as `https://app.example.com`, may call the API.
    public var allowedOrigins: Set<String> = []
    /// What was entered at Meta when the webhook of Instagram was set up; nil: nobody can set it up.
    public var instagramVerifyToken: String?
    /// The secrets of Meta's app, with one of which its webhooks are signed: several while one takes another's place. None:
    /// no webhook of Instagram is taken.
    public var instagramAppSecrets: [String] = []

    /// The defaults.
    public init() {}

    /// Reads certificate and key.
    ///
    /// - Throws: ``HeadcountError/Code/invalidConfiguration`` when they can't be used.
    public func validate() throws(HeadcountError) {
        _ = try tls?.configuration
    }
}

extension ServiceConfiguration.Address: CustomStringConvertible {
    /// `HOST:PORT` or `unix:PATH`.
    public var description: String {
        switch self {
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unixSocket(let path): "unix:\(path)"
        }
    }

    /// Reads `HOST:PORT`, `[IPV6]:PORT` or `unix:PATH`; nil for anything else.
    public init?(_ text: String) {
        if text.hasPrefix("unix:") {
            let path = text.dropFirst("unix:".count)
            guard !path.isEmpty, path.utf8.count <= 107 else { return nil }
            self = .unixSocket(String(path))
            return
        }
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            return nil
        }
        var host = text[..<colon]
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty else { return nil }
        self = .tcp(host: String(host), port: Int(port))
    }

    /// Whether only this machine can reach it.
    public var isLoopback: Bool {
        switch self {
        case .tcp(let host, _): host == "localhost" || host == "::1" || host.wholeMatch(of: /127(\.\d{1,3}){3}/) != nil
        case .unixSocket: true
        }
    }
}
