internal import Headcount

/// Through which channels events reach an account, and how others are linked.
struct ChannelsView {
    let instagramText, genericText: String
    let instagramCommand, genericCommand: String

    init(_ links: ChannelLinks, of account: String) {
        instagramText = links.instagram.isEmpty ? "not linked" : links.instagram.joined(separator: ", ")
        genericText =
            switch links.genericSecrets {
            case 0: "not linked"
            case 1: "linked, with a secret"
            default: "linked, with \(links.genericSecrets) secrets while one takes the other’s place"
            }
        // An account id has no characters that mean something to a shell.
        instagramCommand = "headcount channel link \(account) instagram ID"
        genericCommand = "headcount channel link \(account) generic --secret -"
    }
}
