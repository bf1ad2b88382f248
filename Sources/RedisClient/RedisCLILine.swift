/// A command as a line for a shell.
package enum RedisCLILine {
    /// - Parameters:
    ///   - master: the present one, if Sentinel tells it.
    ///   - tls: redis-cli's arguments for `rediss://`.
    package static func text(
        _ url: RedisURL, _ command: [String], master: ServerAddress? = nil, tls: [String] = []
    ) -> String {
        var words = ["redis-cli"]
        switch url.topology {
        case .standalone(.tcp("127.0.0.1", 6379)): break
        case .standalone(let address): words += arguments(for: address)
        case .cluster(let nodes): words += ["-c"] + arguments(for: nodes[0])
        case .sentinel: words += master.map { arguments(for: $0) } ?? ["-h", "MASTER"]
        }
        if url.usesTLS { words += ["--tls"] + tls }
        if url.database != 0 { words += ["-n", String(url.database)] }
        if let user = url.user { words += ["--user", user] }
        // The password itself has no place on a screen.
        if url.password != nil { words.append("--askpass") }
        return (words + command).map(quoted).joined(separator: " ")
    }

    private static func arguments(for address: ServerAddress) -> [String] {
        switch address {
        case .tcp(let host, let port): ["-h", host, "-p", String(port)]
        case .unixSocket(let path): ["-s", path]
        }
    }

    private static func quoted(_ word: String) -> String {
        if word.wholeMatch(of: /[A-Za-z0-9_.,:@\/+=-]+/) != nil { return word }
        return "'" + word.replacing("'", with: #"'\''"#) + "'"
    }
}
