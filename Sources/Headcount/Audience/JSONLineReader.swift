import Foundation

/// Reads a contact from each line of JSON: a member of an object, or the line's value itself.
struct JSONLineReader: AudienceLineReader {
    /// The member that holds the contact.
    let member: String

    func read(_ line: AudienceLine, into records: inout [AudienceRecord]) {
        if line.isBlank { return }
        records.append(line.isTooLong ? line.tooLong : record(of: line))
    }

    private func record(of line: AudienceLine) -> AudienceRecord {
        func fault(_ text: String) -> AudienceRecord {
            AudienceRecord(line: line.number, fault: text, text: line.bytes)
        }
        guard String(validating: line.bytes, as: UTF8.self) != nil else {
            return AudienceRecord(line: line.number, notUTF8: line.bytes)
        }
        // Foundation would take text with NULs for UTF-16 or UTF-32.
        guard !line.bytes.contains(0),
            var value = try? JSONSerialization.jsonObject(with: Data(line.bytes), options: .fragmentsAllowed)
        else { return fault("is not valid JSON") }

        if let object = value as? [String: Any] {
            guard let found = object[member] else { return fault("has no member '\(member.printable)'") }
            value = found
        }
        switch value {
        case let text as String: return AudienceRecord(line: line.number, contact: text)
        case let number as NSNumber where isInteger(number):
            return AudienceRecord(line: line.number, contact: number.stringValue)
        default: return fault("contact is neither a string nor an integer of at most 64 bits")
        }
    }

    /// Whether the JSON text was an integer. A float is none even when its value is whole: it may be an id that lost
    /// its last digits on the way through some program. (`JSONDecoder` does not tell the two apart.)
    private func isInteger(_ number: NSNumber) -> Bool {
        switch UInt8(bitPattern: number.objCType.pointee) {
        case UInt8(ascii: "c"), UInt8(ascii: "f"), UInt8(ascii: "d"): false  // a Bool, a Float, a Double or Decimal
        default: true
        }
    }
}
