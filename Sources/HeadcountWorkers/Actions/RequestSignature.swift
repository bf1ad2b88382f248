internal import Crypto
internal import Headcount

/// Signs what Headcount sends, as Meta signs its webhooks: HMAC-SHA256 of the body with a shared secret, in hexadecimal.
public struct RequestSignature: Sendable {
    /// The header that carries it: `sha256=` and 64 hexadecimal digits.
    public static let header = "X-Headcount-Signature-256"

    private let key: SymmetricKey

    /// A signature with a secret that both sides share.
    public init(secret: String) {
        key = SymmetricKey(data: Array(secret.utf8))
    }

    /// The header's value for a body.
    public func value(for body: [UInt8]) -> String {
        "sha256=" + Hexadecimal.text(HMAC<SHA256>.authenticationCode(for: body, using: key))
    }
}
