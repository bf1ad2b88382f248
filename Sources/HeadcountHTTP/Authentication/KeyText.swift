internal import Headcount
internal import Crypto

/// The text of a key, `hck_ID_SECRET`: 16 hexadecimal digits that name it, and 64 that are the secret.
struct KeyText {
    let id: String
    /// SHA-256 of the whole text: 256 random bits need no slow hash.
    let sha256: SHA256.Digest

    /// Nil for what can't be a key.
    init?(_ text: String) {
        var text = text
        let read: (id: String, sha256: SHA256.Digest)? = text.withUTF8 { bytes in
            guard bytes.count == 85, bytes.starts(with: Array("hck_".utf8)), bytes[20] == UInt8(ascii: "_"),
                Self.isHexadecimal(bytes[4..<20]), Self.isHexadecimal(bytes[21...])
            else { return nil }
            return (String(decoding: bytes[4..<20], as: UTF8.self), SHA256.hash(data: UnsafeRawBufferPointer(bytes)))
        }
        guard let read else { return nil }
        (id, sha256) = read
    }

    static func random() -> String {
        "hck_\(Hexadecimal.random(bytes: 8))_\(Hexadecimal.random(bytes: 32))"
    }

    private static func isHexadecimal(_ digits: some Sequence<UInt8>) -> Bool {
        digits.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
    }
}
