/// How much a backup holds.
package struct BackupTally: Hashable, Sendable, Codable {
    package internal(set) var accounts = 0
    package internal(set) var keys = 0
    package internal(set) var elements = 0
    /// Lines with content: neither the first nor the last.
    package internal(set) var lines = 0

    private var known: Set<String> = []

    private enum CodingKeys: CodingKey { case accounts, keys, elements, lines }

    package init() {}

    mutating func add(_ page: BackupPage) {
        lines += 1
        elements += page.elements.count
        if page.part == 1 { keys += 1 }
        if let account = page.key.account, known.insert(account).inserted { accounts += 1 }
    }

    package static func == (left: Self, right: Self) -> Bool {
        (left.accounts, left.keys, left.elements, left.lines)
            == (right.accounts, right.keys, right.elements, right.lines)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(keys)
        hasher.combine(elements)
    }
}

/// The last line of a backup: without it the file was cut off.
package struct BackupEnd: Hashable, Sendable, Codable {
    /// Says what the line is.
    var end = true
    package let tally: BackupTally
    /// Of all lines before, line ends included, in hexadecimal.
    package let sha256: String
}
