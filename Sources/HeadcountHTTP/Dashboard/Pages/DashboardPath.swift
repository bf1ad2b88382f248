internal import Foundation

/// Paths within the dashboard.
enum DashboardPath {
    static func account(_ account: String) -> String { "/accounts/\(escaped(account))" }

    static func campaigns(of account: String) -> String { "\(Self.account(account))/campaigns" }

    static func campaign(_ campaign: String, of account: String) -> String {
        "\(campaigns(of: account))/\(escaped(campaign))"
    }

    static func scenarios(of account: String) -> String { "\(Self.account(account))/scenarios" }

    static func scenario(_ scenario: String, of account: String) -> String {
        "\(scenarios(of: account))/\(escaped(scenario))"
    }

    static func deadLetter(_ letter: String, of account: String) -> String {
        "\(Self.account(account))/dead-letters/\(escaped(letter))"
    }

    /// Where contacts are looked up.
    static func contacts(of account: String) -> String { "\(Self.account(account))/contacts" }

    /// What is known of a contact.
    static func contact(_ contact: String, of account: String) -> String {
        canName(contact)
            ? "\(contacts(of: account))/\(escaped(contact))" : with(contacts(of: account), ["contact": contact])
    }

    /// Whether a part of a path can be this: browsers take dots out of paths, however they are escaped.
    static func canName(_ part: String) -> Bool { part != "." && part != ".." }

    /// What puts a notice into the outbox once more.
    static func resending(_ notice: String, of account: String) -> String {
        "\(Self.account(account))/notices/\(escaped(notice))/resend"
    }

    /// `path` with a query.
    static func with(_ path: String, _ parameters: KeyValuePairs<String, String?>) -> String {
        let pairs = parameters.compactMap { name, value in value.map { "\(name)=\(escaped($0))" } }
        return pairs.isEmpty ? path : "\(path)?\(pairs.joined(separator: "&"))"
    }

    private static func escaped(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
    }

    /// RFC 3986's unreserved characters, and two that may stand in a path's segment and in account ids.
    private static let unreserved = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:@")
}
