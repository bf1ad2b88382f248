internal import Foundation

/// Who looks at a page, and what that person may do.
struct Visitor {
    let key: APIKey
    /// To be given back by each form.
    let formToken: String

    /// Where the brand leads: those bound to an account see only that.
    var home: String { key.account.map(Address.account) ?? "/" }
    var isAdmin: Bool { key.scope == .admin }
}

/// Addresses within the dashboard.
enum Address {
    static func account(_ account: String) -> String { "/accounts/\(escaped(account))" }

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
