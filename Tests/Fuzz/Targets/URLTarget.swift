import Foundation

@testable import RedisClient

/// Redis URLs: no error shows the password, and what is accepted can be written as a URL that means the same.
extension FuzzTarget {
    static let url = FuzzTarget(
        name: "url",
        words: [
            "redis://", "rediss://", "redis+unix://", "~", ":~@", "user:~@", "@", ":", "/", "?db=", "%2F", "%00", "%zz",
            "[::1]", "localhost", "redis-cluster://", "redis-sentinel://", "a:1,b", "/mymaster", ":6379", "/0", "é",
            "\u{301}",
        ]
    ) { bytes in
        // What stands in the place of credentials, before the last '@', and is not to be seen anywhere.
        let secret = "hunter2"
        let text = FuzzInput(bytes).text.replacing("~", with: secret)
        let hidden = text.unicodeScalars.lastIndex(of: "@").map { String(text.unicodeScalars[..<$0]) } ?? ""
        let shown = text.unicodeScalars.lastIndex(of: "@").map { String(text.unicodeScalars[$0...]) } ?? text
        let url: RedisURL
        do {
            url = try RedisURL(text)
        } catch {
            let message = (error as? RedisError)?.message ?? ""
            try hold((error as? RedisError)?.code == .invalidURL, "another error: \(error)")
            let isShown = message.contains(secret) && hidden.contains(secret) && !shown.contains(secret)
            try hold(!isShown, "the error shows the password")
            return
        }
        try hold(url.database >= 0, "the database is \(url.database)")
        for case .tcp(let host, let port) in url.addresses {
            try hold(!host.isEmpty && (1...65_535).contains(port), "no host or port: '\(host)' \(port)")
        }
        let written = url.written
        try hold((try? RedisURL(written)) == url, "'\(written)' does not mean what '\(text)' means")
    }
}

extension RedisURL {
    fileprivate var addresses: [ServerAddress] {
        switch topology {
        case .standalone(let address): [address]
        case .cluster(let nodes): nodes
        case .sentinel(let sentinels, _): sentinels
        }
    }

    /// As a URL.
    fileprivate var written: String {
        func escaped(_ text: String, _ others: String = "") -> String {
            text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(.init(charactersIn: others))) ?? ""
        }
        let redis = usesTLS ? "rediss" : "redis"
        let credentials = password.map { "\(escaped(user ?? "")):\(escaped($0))@" } ?? ""
        let hosts = addresses.map(\.description).joined(separator: ",")
        return switch topology {
        case .standalone(.unixSocket(let path)): "redis+unix://\(credentials)\(escaped(path, "/"))?db=\(database)"
        case .standalone: "\(redis)://\(credentials)\(hosts)/\(database)"
        case .cluster: "\(redis)-cluster://\(credentials)\(hosts)"
        case .sentinel(_, let master): "\(redis)-sentinel://\(credentials)\(hosts)/\(escaped(master))?db=\(database)"
        }
    }
}
