/// An account's channels, as the command line and the HTTP API write them.
package struct ChannelLinksDocument: Encodable, Sendable {
    let account: String
    let instagram: [String]
    let genericSecrets: Int

    package init(_ links: ChannelLinks, of account: String) {
        self.account = account
        instagram = links.instagram
        genericSecrets = links.genericSecrets
    }
}
