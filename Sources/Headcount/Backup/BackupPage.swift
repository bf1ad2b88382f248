/// A line of a backup with a key's content, or a part of it.
package struct BackupPage: Hashable, Sendable {
    package let key: StoredKey
    package let type: RedisType
    /// When the key expires, in epoch milliseconds; nil: never.
    package let expires: Int?
    /// 1 for the key's first line.
    package let part: Int
    /// Of a list: how many elements stand before these.
    package let offset: Int
    /// Each is what stands beside each other: `["ann"]`, `["ann", "1795500060000"]`, `["1795500060000-0", "contact", "ann"]`.
    package let elements: [[BackupBytes]]

    package init(
        key: StoredKey, type: RedisType, expires: Int?, part: Int = 1, offset: Int = 0, elements: [[BackupBytes]]
    ) {
        self.key = key
        self.type = type
        self.expires = expires
        self.part = part
        self.offset = offset
        self.elements = elements
    }

    /// What is wrong with it; nil if nothing is.
    var fault: String? {
        if let account = key.account, (try? Identifier.check(account: account)) == nil {
            return "names an account that can't be one"
        }
        if key.name.isEmpty { return "names no key" }
        if let expires, expires < 0 { return "has an expiry that can't be" }
        if part < 1 || offset < 0 { return "has a part that can't be" }
        for element in elements {
            if let width = type.width, element.count != width {
                return "has an element of \(element.count) values, and a \(type.rawValue)'s have \(width)"
            }
            switch type {
            case .zset where Double(element[1].text ?? "") == nil:
                return "has a score that is no number"
            case .stream where element.count < 3 || element.count.isMultiple(of: 2) || !Self.isEntry(element[0]):
                return "has an entry of a stream that can't be one"
            default: break
            }
        }
        return nil
    }

    private static func isEntry(_ id: BackupBytes) -> Bool {
        let parts = (id.text ?? "").split(separator: "-", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { UInt64($0) != nil && $0.first != "+" }
    }
}

extension BackupPage: Codable {
    private enum CodingKeys: CodingKey { case account, key, type, expires, part, offset, elements }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let type = try container.decode(RedisType.self, forKey: .type)
        self.init(
            key: StoredKey(
                account: try container.decodeIfPresent(String.self, forKey: .account),
                name: try container.decode(BackupBytes.self, forKey: .key).bytes),
            type: type, expires: try container.decodeIfPresent(Int.self, forKey: .expires),
            part: try container.decode(Int.self, forKey: .part),
            offset: try container.decodeIfPresent(Int.self, forKey: .offset) ?? 0,
            elements: type.width == 1
                ? try container.decode([BackupBytes].self, forKey: .elements).map { [$0] }
                : try container.decode([[BackupBytes]].self, forKey: .elements))
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(key.account, forKey: .account)
        try container.encode(BackupBytes(key.name), forKey: .key)
        try container.encode(type, forKey: .type)
        try container.encodeIfPresent(expires, forKey: .expires)
        try container.encode(part, forKey: .part)
        if offset > 0 { try container.encode(offset, forKey: .offset) }
        if type.width == 1 {
            try container.encode(elements.flatMap { $0 }, forKey: .elements)
        } else {
            try container.encode(elements, forKey: .elements)
        }
    }
}
