internal import Crypto
internal import Foundation
internal import HTTPTypes
internal import Headcount

/// Who may send a webhook: whoever signs its bytes with one of the secrets, as Meta does, HMAC-SHA256 in hexadecimal.
struct WebhookSignature: Sendable {
    private let keys: [SymmetricKey]

    /// - Parameter count: with fewer secrets, keys that nobody has stand in for the others, so that the time it takes
    ///   doesn't tell how many there are.
    init(secrets: [String], atLeast count: Int = 0) {
        let known = secrets.filter { !$0.isEmpty }.map { SymmetricKey(data: Array($0.utf8)) }
        keys = known + (0..<max(0, count - known.count)).map { _ in SymmetricKey(size: .bits256) }
    }

    /// Whether a header is the signature of a body with one of the secrets, in constant time. All of them are tried.
    func isValid(_ header: String?, for body: [UInt8]) -> Bool {
        guard let code = Self.code(in: header) else { return false }
        var isValid = false
        for key in keys where HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: body, using: key) {
            isValid = true
        }
        return isValid
    }

    /// Whether a header may be a signature at all: `sha256=` and 64 hexadecimal digits.
    static func isWellFormed(_ header: String?) -> Bool { code(in: header) != nil }

    private static func code(in header: String?) -> [UInt8]? {
        let name = "sha256="
        guard let header, header.hasPrefix(name) else { return nil }
        let digits = header.dropFirst(name.count)
        guard digits.utf8.count == 64, digits.utf8.allSatisfy(isHexadecimal) else { return nil }
        return Hexadecimal.bytes(String(digits))
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            // Upper case, too.
            || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}

extension HTTPField.Name {
    /// `X-Hub-Signature-256`. The older `X-Hub-Signature`, of SHA-1, counts for nothing.
    static let hubSignature = Self.known("X-Hub-Signature-256")
}
