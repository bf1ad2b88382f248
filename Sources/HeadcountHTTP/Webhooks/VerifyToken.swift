internal import Crypto
internal import Foundation

/// What Meta's handshake has to bring along: the text that was entered when the webhook was set up.
struct VerifyToken: Sendable {
    private let sha256: SHA256.Digest

    init(_ text: String) {
        sha256 = SHA256.hash(data: Array(text.utf8))
    }

    /// Whether it is the token. Digests compare themselves in constant time.
    func isMatched(by text: String) -> Bool { SHA256.hash(data: Array(text.utf8)) == sha256 }
}
