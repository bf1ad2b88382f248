internal import Crypto

/// The text of a key, `hck_ID_SECRET`: 16 hexadecimal digits that name it, and 64 that are the secret.
struct KeyText {
    let id: String
    /// SHA-256 of the whole text: 256 random bits need no slow hash.
    let sha256: SHA256.Digest

    /// Nil for what can't be a key.
    init?(_ text: String) {
        let parts = text.split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "hck", Self.isHexadecimal(parts[1], count: 16),
            Self.isHexadecimal(parts[2], count: 64)
        else { return nil }
        id = String(parts[1])
        sha256 = SHA256.hash(data: Array(text.utf8))
    }

    static func random() -> String {
        "hck_\(Hexadecimal.random(bytes: 8))_\(Hexadecimal.random(bytes: 32))"
    }

    private static func isHexadecimal(_ text: Substring, count: Int) -> Bool {
        text.utf8.count == count
            && text.utf8.allSatisfy {
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                    || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
            }
    }
}
