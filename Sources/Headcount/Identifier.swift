/// The rules for account and contact ids (R16), so that no id can forge a key, a cluster hash tag or a line of output.
package enum Identifier {
    /// Longest account id, in bytes of UTF-8.
    package static let maximumAccountBytes = 128
    /// Longest contact id, in bytes of UTF-8.
    package static let maximumContactBytes = 256

    /// Throws ``HeadcountError/Code/invalidAccount`` unless `account` is 1 to 128 of the letters A to Z and a to z,
    /// digits, and `.`, `_`, `-`, `:`, `@`.
    package static func check(account: String) throws(HeadcountError) {
        guard let fault = fault(inAccount: account) else { return }
        throw HeadcountError(.invalidAccount, "account id \(fault)", value: account)
    }

    /// Throws ``HeadcountError/Code/invalidContact`` unless `contact` is 1 to 256 bytes without control characters.
    package static func check(contact: String) throws(HeadcountError) {
        guard let fault = fault(inContact: contact) else { return }
        throw HeadcountError(.invalidContact, "contact id \(fault)", value: contact)
    }

    /// Throws ``HeadcountError/Code/invalidPlan`` unless `who` may stand in an audit list: as for a contact.
    package static func check(who: String) throws(HeadcountError) {
        guard let fault = fault(inContact: who) else { return }
        throw HeadcountError(.invalidPlan, "the name for the audit list \(fault)", value: who)
    }

    private static func fault(inAccount account: String) -> String? {
        let count = account.utf8.count
        if count == 0 { return "is empty; give 1 to \(maximumAccountBytes) characters" }
        if count > maximumAccountBytes { return "has \(count) bytes; at most \(maximumAccountBytes) are allowed" }
        for byte in account.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"),
                UInt8(ascii: ":"), UInt8(ascii: "@"):
                continue
            default:
                return "may only have ASCII letters, digits and . _ - : @"
            }
        }
        return nil
    }

    /// What is wrong with a contact id, to follow the words "contact id"; nil if nothing is.
    package static func fault(inContact contact: String) -> String? {
        var contact = contact
        return contact.withUTF8 { bytes in
            if bytes.isEmpty { return "is empty; give 1 to \(maximumContactBytes) bytes" }
            if bytes.count > maximumContactBytes {
                return "has \(bytes.count) bytes; at most \(maximumContactBytes) are allowed"
            }
            var previous: UInt8 = 0
            for byte in bytes {
                // C0 and DEL are one byte; C1, U+0080 to U+009F, is C2 followed by 80 to 9F.
                if byte < 0x20 || byte == 0x7F || (previous == 0xC2 && byte < 0xA0) {
                    return "has a control character"
                }
                previous = byte
            }
            return nil
        }
    }
}
