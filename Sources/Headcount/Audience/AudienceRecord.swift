/// What one record of an audience file holds.
public struct AudienceRecord: Sendable, Equatable {
    /// A contact, or why there is none.
    public enum Content: Sendable, Equatable {
        /// A contact id that rule R16 allows.
        case contact(String)
        /// What is wrong, in words for the person who has the file; it shows the value, printable and shortened.
        case fault(String)
    }

    /// The line on which the record starts; the file's first is 1.
    public let line: Int
    /// A contact, or why there is none.
    public let content: Content
}

extension AudienceRecord {
    /// A contact, if `contact` may be one.
    init(line: Int, contact: String) {
        if let fault = Identifier.fault(inContact: contact) {
            self.init(line: line, fault: "contact id \(fault)", value: contact.printable)
        } else {
            self.init(line: line, content: .contact(contact))
        }
    }

    /// A contact, if `bytes` are UTF-8 and may be one.
    init(line: Int, contact bytes: ArraySlice<UInt8>) {
        if let contact = String(validating: bytes, as: UTF8.self) {
            self.init(line: line, contact: contact)
        } else {
            self.init(line: line, notUTF8: bytes)
        }
    }

    /// The fault of `bytes` that are not UTF-8.
    init(line: Int, notUTF8 bytes: ArraySlice<UInt8>) {
        var value = ""
        for byte in bytes.prefix(64) {
            if (0x20..<0x7F).contains(byte), byte != UInt8(ascii: "\\") {
                value.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                value += (byte < 0x10 ? "\\x0" : "\\x") + String(byte, radix: 16, uppercase: true)
            }
        }
        self.init(line: line, fault: "is not valid UTF-8", value: bytes.count > 64 ? value + "…" : value)
    }

    /// A fault of the text `bytes`.
    init(line: Int, fault: String, text bytes: ArraySlice<UInt8>) {
        // More than the 64 characters that are shown can take, so that none of them is cut.
        let text = String(decoding: bytes.prefix(512), as: UTF8.self)
        self.init(line: line, fault: fault, value: text.printable)
    }

    private init(line: Int, fault: String, value: String) {
        self.init(line: line, content: .fault("'\(value)': \(fault)"))
    }
}
