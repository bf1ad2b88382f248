public import Foundation

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

extension APIKey: Codable {
    private enum CodingKeys: CodingKey {
        case name, scope, account, createdAt, expiresAt, sha256
    }

    /// From the JSON object that Redis holds; the id is the hash's field.
    init(id: String, json: String) throws {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .secondsSince1970
        decoder.userInfo[Self.idKey] = id
        self = try decoder.decode(Self.self, from: Data(json.utf8))
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.dateEncodingStrategy = .custom { date, encoder in
                var container = encoder.singleValueContainer()
                try container.encode(Int(date.timeIntervalSince1970))
            }
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    private static var idKey: CodingUserInfoKey {
        guard let key = CodingUserInfoKey(rawValue: "id") else { preconditionFailure("a user info key has any name") }
        return key
    }

    /// As JSON.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = decoder.userInfo[Self.idKey] as? String ?? ""
        name = try container.decode(String.self, forKey: .name)
        scope = try container.decode(APIKeyScope.self, forKey: .scope)
        account = try container.decodeIfPresent(String.self, forKey: .account)
        createdAt = try container.decode(Date.self, forKey: .createdAt)
        expiresAt = try container.decodeIfPresent(Date.self, forKey: .expiresAt)
        sha256 = try Hexadecimal.bytes(container.decode(String.self, forKey: .sha256)) ?? []
    }

    /// As JSON.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(scope, forKey: .scope)
        try container.encodeIfPresent(account, forKey: .account)
        try container.encode(createdAt, forKey: .createdAt)
        try container.encodeIfPresent(expiresAt, forKey: .expiresAt)
        try container.encode(Hexadecimal.text(sha256), forKey: .sha256)
    }
}
