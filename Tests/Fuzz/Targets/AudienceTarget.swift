@testable import Headcount

/// Audience files: the same records wherever they are cut, in order, with contacts that are allowed.
extension FuzzTarget {
    static let audience = FuzzTarget(
        name: "audience",
        words: [
            "contact", "id", "\n", "\r\n", "\"", "\"\"", ",", ";", "\t", "{\"contact\":", "\"a\"", "}", "\\u00e9",
            "1.5",
            "\u{FEFF}", "\u{0}", "\u{85}", "null", "9223372036854775807",
        ]
    ) { bytes in
        var input = FuzzInput(bytes)
        let formats: [AudienceFormat?] = [nil, .lines, .csv, .jsonLines]
        let format = formats[input.number(below: 4)]
        let column = [nil, "id", "é"][input.number(below: 3)]
        let seed = input.byte()
        let file = input.rest
        func read(_ pieces: [ArraySlice<UInt8>]) throws(HeadcountError) -> [AudienceRecord] {
            var reader = AudienceReader(format: format, column: column)
            var records: [AudienceRecord] = []
            for piece in pieces { records += try reader.read(piece) }
            return try records + reader.finish()
        }
        let whole = Result { () throws(HeadcountError) in try read([file]) }
        let cut = Result { () throws(HeadcountError) in try read(pieces(of: file, seed: seed)) }
        try hold(whole == cut, "pieces give other records")
        guard case .success(let records) = whole else { return }
        let lines = records.map(\.line)
        try hold(zip(lines, lines.dropFirst()).allSatisfy { $0 < $1 }, "records out of order")
        try hold((lines.last ?? 0) <= file.count { $0 == UInt8(ascii: "\n") } + 1, "a line that the file has not")
        for record in records {
            switch record.content {
            case .contact(let contact): try hold(Identifier.fault(inContact: contact) == nil, "'\(contact)' is allowed")
            case .fault(let fault):
                // 64 characters are shown, each escaped to ten at most.
                try hold(fault.unicodeScalars.count < 900, "a fault of \(fault.unicodeScalars.count) characters")
                try hold(!fault.utf8.contains { $0 < 0x20 }, "a fault with control characters")
            }
        }
    }
}
