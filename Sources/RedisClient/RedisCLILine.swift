/// A command as a line for a shell.
package enum RedisCLILine {
    /// - Parameter tls: redis-cli's arguments for `rediss://`.
    package static func text(_ url: RedisURL, _ command: [String], tls: [String] = []) -> String {
        var words = ["redis-cli"]
        switch url.address {
        case .tcp("127.0.0.1", 6379): break
        case .tcp(let host, let port): words += ["-h", host, "-p", String(port)]
        case .unixSocket(let path): words += ["-s", path]
        }
        if url.usesTLS { words += ["--tls"] + tls }
        if url.database != 0 { words += ["-n", String(url.database)] }
        if let user = url.user { words += ["--user", user] }
        // The password itself has no place on a screen.
        if url.password != nil { words.append("--askpass") }
        return (words + command).map(quoted).joined(separator: " ")
    }

    private static func quoted(_ word: String) -> String {
        if word.wholeMatch(of: /[A-Za-z0-9_.,:@\/+=-]+/) != nil { return word }
        return "'" + word.replacing("'", with: #"'\''"#) + "'"
    }
}
