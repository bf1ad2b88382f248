import ArgumentParser
import Headcount

/// An account whose channels a command is about.
struct ChannelOptions: ParsableArguments {
    @Argument(help: "Account id.")
    var account: String

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var output: OutputOptions

    /// Prints the account's channels, once something was done about them.
    func write(after work: (Channels) async throws -> Void = { _ in }) async throws {
        try Identifier.check(account: account)
        let limiter = try await connection.connect()
        try await work(limiter.channels)
        let links = try await limiter.channels.links(of: account)
        try Terminal.write(
            output.json ? JSONLine.text(ChannelLinksDocument(links, of: account)) : Self.text(links))
        await limiter.close()
    }

    /// A line for each link. How many secrets there are, but none of them.
    private static func text(_ links: ChannelLinks) -> String {
        var lines = links.instagram.map { "\(ChannelKind.instagram.rawValue)\t\($0)\n" }
        if links.genericSecrets > 0 {
            let secrets = "\(links.genericSecrets) \(links.genericSecrets == 1 ? "secret" : "secrets")"
            lines.append("\(ChannelKind.generic.rawValue)\t\(secrets)\n")
        }
        return lines.joined()
    }
}
