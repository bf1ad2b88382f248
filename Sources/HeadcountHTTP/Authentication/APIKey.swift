public import Foundation
internal import Headcount

/// What a key allows.
public enum APIKeyScope: String, Sendable, Codable, CaseIterable {
    /// Asking about contacts, and nothing else.
    case activate
    /// Everything that changes nothing.
    case read
    /// Everything.
    case admin

    func includes(_ other: APIKeyScope) -> Bool { self == .admin || self == other }
}

/// A key of the HTTP API and the dashboard, without the key itself: only its SHA-256 is stored.
public struct APIKey: Sendable, Equatable {
    /// Names the key; the part of it that is no secret. 16 hexadecimal digits.
    public let id: String
    /// What it is called; also stands in the audit list of what it changes.
    public let name: String
    /// What it allows.
    public let scope: APIKeyScope
    /// The only account that it may be used for; nil for all.
    public let account: String?
    /// When it was made, by Redis's clock.
    public let createdAt: Date
    /// The first instant at which it no longer works; nil for never.
    public let expiresAt: Date?
    /// SHA-256 of the key's text.
    let sha256: [UInt8]
}

extension APIKey {
    /// What Redis holds under the key's id. Times are in epoch seconds, the hash in hexadecimal.
    private struct Stored: Codable {
        let name: String
        let scope: APIKeyScope
        let account: String?
        let createdAt: Int
        let expiresAt: Int?
        let sha256: String
    }

    init(id: String, json: String) throws {
        let stored = try JSONDecoder().decode(Stored.self, from: Data(json.utf8))
        self.init(
            id: id, name: stored.name, scope: stored.scope, account: stored.account,
            createdAt: Date(timeIntervalSince1970: TimeInterval(stored.createdAt)),
            expiresAt: stored.expiresAt.map { Date(timeIntervalSince1970: TimeInterval($0)) },
            sha256: Hexadecimal.bytes(stored.sha256) ?? [])
    }

    var json: String {
        get throws {
            let stored = Stored(
                name: name, scope: scope, account: account, createdAt: Int(createdAt.timeIntervalSince1970),
                expiresAt: expiresAt.map { Int($0.timeIntervalSince1970) }, sha256: Hexadecimal.text(sha256))
            return String(decoding: try JSONText.data(stored), as: UTF8.self)
        }
    }
}
