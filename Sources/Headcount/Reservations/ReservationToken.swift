internal import Foundation

/// Names one holder of one contact's slot: what a reservation is confirmed or released with.
///
/// As text it is `PERIOD.ID.CONTACT`: the period in which was reserved, a random id of 16 characters, and the contact in
/// base64url. Opaque to everybody else, and fit for a URL's path. It has the contact's identity in it: treat it alike.
public struct ReservationToken: Hashable, Sendable, CustomStringConvertible {
    /// The period in which was reserved.
    public let period: PeriodName
    /// The contact whose slot is held.
    public let contact: String
    package let id: String

    init(period: PeriodName, contact: String, id: String) {
        self.period = period
        self.contact = contact
        self.id = id
    }

    /// Reads a token's text.
    ///
    /// - Throws: ``HeadcountError/Code/invalidToken``
    public init(_ text: String) throws(HeadcountError) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard text.utf8.count <= 400, parts.count == 3, let period = try? PeriodName(parts[0], startDay: 1),
            // One text for one token: `2026-11` is not also `2026-11-01`.
            period.description == parts[0],
            parts[1].wholeMatch(of: /[A-Za-z0-9_-]{16}/) != nil, let contact = Self.decoded(parts[2]),
            Identifier.fault(inContact: contact) == nil
        else {
            throw HeadcountError(
                .invalidToken, "no reservation token; give one that a reservation came with", value: text)
        }
        self.init(period: period, contact: contact, id: parts[1])
    }

    /// The token's text.
    public var description: String { "\(period).\(id).\(Self.encoded(contact))" }

    /// 96 random bits.
    static func randomID() -> String {
        var generator = SystemRandomNumberGenerator()
        return String(unsafeUninitializedCapacity: 16) { bytes in
            for half in 0..<2 {
                var bits = generator.next()
                for index in 0..<8 {
                    bytes[half * 8 + index] = letters[Int(bits & 63)]
                    bits >>= 6
                }
            }
            return 16
        }
    }

    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static func encoded(_ contact: String) -> String { base64URL(Array(contact.utf8)) }

    private static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    private static func decoded(_ text: String) -> String? {
        let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        // What is not as it would be written is none.
        guard let contact = Data(base64Encoded: base64 + padding).flatMap({ String(data: $0, encoding: .utf8) }),
            encoded(contact) == text
        else { return nil }
        return contact
    }
}
