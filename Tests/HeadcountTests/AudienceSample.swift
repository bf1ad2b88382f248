import Headcount
import Testing

/// An audience file and what reading it gives.
struct AudienceSample: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: [UInt8]
    let format: AudienceFormat?
    let column: String?
    /// As ``read(_:)`` gives it.
    let expected: [String]

    init(
        _ name: String,
        bytes: [UInt8],
        format: AudienceFormat? = nil,
        column: String? = nil,
        gives expected: [String]
    ) {
        self.testDescription = name
        self.bytes = bytes
        self.format = format
        self.column = column
        self.expected = expected
    }

    /// In `text`, U+E080 to U+E0FF stand for the bytes 80 to FF, to write what is not UTF-8.
    init(
        _ name: String,
        _ text: String,
        format: AudienceFormat? = nil,
        column: String? = nil,
        gives expected: [String]
    ) {
        let bytes = text.unicodeScalars.flatMap { scalar in
            (0xE080...0xE0FF).contains(scalar.value) ? [UInt8(scalar.value & 0xFF)] : Array(String(scalar).utf8)
        }
        self.init(name, bytes: bytes, format: format, column: column, gives: expected)
    }

    /// What reading the file in `pieces` gives: `3: CONTACT` or `3! FAULT` for each record, with its line, or else
    /// `error: CODE: MESSAGE` alone.
    func read(_ pieces: [some Collection<UInt8>]) -> [String] {
        var reader = AudienceReader(format: format, column: column)
        do {
            var records: [AudienceRecord] = []
            for piece in pieces { records += try reader.read(piece) }
            records += try reader.finish()
            return records.map(Self.text)
        } catch {
            return ["error: \(error.code): \(error.message)"]
        }
    }

    /// What reading the file in pieces of `size` bytes gives.
    func read(piecesOf size: Int) -> [String] {
        read(stride(from: 0, to: bytes.count, by: size).map { bytes[$0..<min($0 + size, bytes.count)] })
    }

    static func text(_ record: AudienceRecord) -> String {
        switch record.content {
        case .contact(let contact): "\(record.line): \(contact)"
        case .fault(let fault): "\(record.line)! \(fault)"
        }
    }
}

extension AudienceSample {
    static let all = lines + csv + jsonLines

    private static let lines = [
        AudienceSample("a contact a line", "a\nb\n", gives: ["1: a", "2: b"]),
        AudienceSample("the last line needs no end", "a\nb", gives: ["1: a", "2: b"]),
        AudienceSample("CRLF", "a\r\n\r\nb\r\nc\r", gives: ["1: a", "3: b", "4: c"]),
        AudienceSample(
            "a carriage return elsewhere is a control character",
            "a\rb\n\rc\n",
            gives: [
                #"1! 'a\rb': contact id has a control character"#, #"2! '\rc': contact id has a control character"#,
            ]
        ),
        AudienceSample("byte-order mark", "\u{FEFF}é\nb\n", gives: ["1: é", "2: b"]),
        AudienceSample("a byte-order mark elsewhere is text", "a\n\u{FEFF}b", gives: ["1: a", "2: \u{FEFF}b"]),
        AudienceSample(
            "a part of a byte-order mark",
            "\u{E0EF}\u{E0BB}",
            gives: [#"1! '\xEF\xBB': is not valid UTF-8"#]
        ),
        AudienceSample("nothing", "", gives: []),
        AudienceSample("nothing but a byte-order mark", "\u{FEFF}", gives: []),
        AudienceSample("nothing but blank lines", " \r\n\t\n\n ", gives: []),
        AudienceSample("no CSV at all", "\n", format: .csv, gives: []),
        AudienceSample("blank lines", "\n \t\n\na\n  \n\t\nb\n ", gives: ["4: a", "7: b"]),
        AudienceSample(
            "spaces, commas and quotes stay",
            " a b \n\"c\",d\n",
            format: .lines,
            gives: ["1:  a b ", "2: \"c\",d"]
        ),
        AudienceSample(
            "control characters",
            "a\u{0}\nb\u{7F}\nc\u{85}\nok",
            gives: [
                #"1! 'a\0': contact id has a control character"#, #"2! 'b\u{7F}': contact id has a control character"#,
                #"3! 'c\u{0085}': contact id has a control character"#, "4: ok",
            ]
        ),
        AudienceSample(
            "not UTF-8",
            "caf\u{E0E9}\\\u{1}\na\u{E0C3}\nb",
            gives: [#"1! 'caf\xE9\x5C\x01': is not valid UTF-8"#, #"2! 'a\xC3': is not valid UTF-8"#, "3: b"]
        ),
        AudienceSample(
            "a long value that is not UTF-8",
            xs(64) + "\u{E0FF}",
            gives: ["1! '\(xs(64))…': is not valid UTF-8"]
        ),
        AudienceSample(
            "256 bytes and 257",
            "é" + xs(254) + "\né" + xs(255),
            gives: ["1: é" + xs(254), "2! 'é\(xs(63))…': contact id has 257 bytes; at most 256 are allowed"]
        ),
    ]

    private static let csv = [
        AudienceSample("the column `contact`", "name,contact\nBella,1\nAnn,2", gives: ["2: 1", "3: 2"]),
        AudienceSample("another column", "contact,id\n1,2\n", column: "id", gives: ["2: 2"]),
        AudienceSample("spaces around the header's names", " name , contact \nB, 1 \n", gives: ["2:  1 "]),
        AudienceSample("the first of two columns of one name", "contact,contact\n1,2\n", gives: ["2: 1"]),
        AudienceSample("only a header", "contact", gives: []),
        AudienceSample(
            "byte-order mark, blank lines, CRLF",
            "\u{FEFF}\r\n\"contact\"\r\n\r\n1\r\n \t\r\n2",
            gives: ["4: 1", "6: 2"]
        ),
        AudienceSample("semicolons", "name;contact\nB,C;1\n", gives: ["2: 1"]),
        AudienceSample("tabs", "name\tcontact\r\nB;C,D\t1\r\n", gives: ["2: 1"]),
        AudienceSample("a comma in the header wins", "a;b,contact\n1,2;3\n", gives: ["2: 2;3"]),
        AudienceSample(
            "quoted fields",
            "name,\"contact\"\r\n\"Bella, \"\"B\"\"\",\"a,\"\"b\"\"\"\r\n,\"c\"\r\n\"\",d\r\n",
            gives: ["2: a,\"b\"", "3: c", "4: d"]
        ),
        AudienceSample(
            "line ends in quotes",
            "\"first\nname\",contact\n\"B\r\n\n\nx\",1\n\"y\",2\n",
            format: .csv,
            gives: ["3: 1", "7: 2"]
        ),
        AudienceSample(
            "a contact with a line end",
            "name,contact\nB,\"1\r\n2\"\nA,3",
            gives: [#"2! '1\n2': contact id has a control character"#, "4: 3"]
        ),
        AudienceSample("a quote inside of a bare field", "contact,name\n1,5\"\n2,a\"b\"\n", gives: ["2: 1", "3: 2"]),
        AudienceSample("more fields than the header", "name,contact\nB,1,x,\n", gives: ["2: 1"]),
        AudienceSample("fewer, but the contact's", "contact,name,notes\n1\n2,B\n", gives: ["2: 1", "3: 2"]),
        AudienceSample(
            "too few fields",
            "name,city,contact\n\"B\nC\",D\n\"E\",F,1\n",
            gives: [#"2! '"B': has too few fields: 2, and 'contact' is number 3"#, "4: 1"]
        ),
        AudienceSample(
            "an empty contact",
            "name,contact\nB,\nA,\"\"\nC,1",
            gives: [
                "2! '': contact id is empty; give 1 to 256 bytes", "3! '': contact id is empty; give 1 to 256 bytes",
                "4: 1",
            ]
        ),
        AudienceSample(
            "text after a closing quote",
            "contact,name\n\"1\"x,B\n2,\"A\" \n3,C\n",
            gives: [
                #"2! '"1"x,B': has text after a closing quote"#, #"3! '2,"A" ': has text after a closing quote"#,
                "4: 3",
            ]
        ),
        AudienceSample(
            "a stray quote that a later one seems to close",
            "contact,name\n1,\"B\n2,A\n\n3,\"C\"\n4,\"D\n5\"\n",
            gives: [#"2! '1,"B': has text after a closing quote"#, "3: 2", "5: 3", "6: 4"]
        ),
        AudienceSample(
            "a stray quote, and then a row of several lines",
            "contact,name\n1,\"B\n2,A\n3,\"C\nD\"\n4,\n",
            gives: [#"2! '1,"B': has text after a closing quote"#, "3: 2", "4: 3", "6: 4"]
        ),
        AudienceSample(
            "stray quotes line after line",
            "contact,name\n1,\"B\n2,\"A\n3,\"C\"D\n4,\n",
            gives: [
                #"2! '1,"B': has text after a closing quote"#, #"3! '2,"A': has text after a closing quote"#,
                #"4! '3,"C"D': has text after a closing quote"#, "5: 4",
            ]
        ),
        AudienceSample(
            "a quote that is open at the end",
            "contact\n1\n\"2\n3\n\n4\"\"",
            gives: ["2: 1", #"3! '"2': has a quote that is not closed within 64 KiB"#, "4: 3", "6: 4\"\""]
        ),
        AudienceSample(
            "a quote that is open again at the end",
            "contact,x,y\n\"1\n2\",B,\"C",
            gives: [
                #"2! '"1': has a quote that is not closed within 64 KiB"#,
                #"3! '2",B,"C': has a quote that is not closed within 64 KiB"#,
            ]
        ),
        AudienceSample(
            "other columns need not be UTF-8",
            "contact,caf\u{E0E9}\n1,caf\u{E0E9}\ncaf\u{E0E9},x\n2",
            gives: ["2: 1", #"3! 'caf\xE9': is not valid UTF-8"#, "4: 2"]
        ),
        AudienceSample(
            "the column is missing",
            "name, phone ,\"a,b\"\n1,2,3\n",
            format: .csv,
            gives: [
                "error: invalidAudience: 'name, phone, a,b': the CSV header has no column 'contact'; "
                    + "name the one that holds the contacts"
            ]
        ),
        AudienceSample(
            "the wanted column is missing",
            "contact;Phone",
            column: "phone\u{7}",
            gives: [
                "error: invalidAudience: 'contact, Phone': the CSV header has no column 'phone\\u{07}'; "
                    + "name the one that holds the contacts"
            ]
        ),
        AudienceSample(
            "the header's quote is open",
            "\n\"contact\n1\n",
            format: .csv,
            gives: [
                #"error: invalidAudience: '"contact': the CSV header has a quote that is not closed within 64 KiB"#
            ]
        ),
        AudienceSample(
            "the header's quote has text after it",
            "\"contact\"s\n1\n",
            format: .csv,
            gives: [#"error: invalidAudience: '"contact"s': the CSV header has text after a closing quote"#]
        ),
    ]

    private static let jsonLines = [
        AudienceSample(
            "objects",
            #"{"contact":"a"}"# + "\r\n" + #" { "name" : {"contact":"no"}, "contact" : "b" } "#,
            gives: ["1: a", "2: b"]
        ),
        AudienceSample("another member", #"{"contact":"a","id":"b"}"#, column: "id", gives: ["1: b"]),
        AudienceSample(
            "integers keep their digits",
            integers.map { "{\"contact\":\($0)}\n" }.joined(),
            gives: integers.enumerated().map { "\($0 + 1): \($1)" }
        ),
        AudienceSample(
            "bare integers",
            integers.joined(separator: "\n"),
            format: .jsonLines,
            gives: integers.enumerated().map { "\($0 + 1): \($1)" }
        ),
        AudienceSample("bare strings", "\"a\"\n\n\"b\"\n7", gives: ["1: a", "3: b", "4: 7"]),
        AudienceSample("escapes", #"{"contact":"\u00e9\ud83d\ude00\"\\\/"}"#, gives: [#"1: é😀"\/"#]),
        AudienceSample("byte-order mark, blank lines", "\u{FEFF}\n\t\n{\"contact\":\"a\"}\n", gives: ["3: a"]),
        AudienceSample(
            "a missing member",
            #"{"name":"a"}"# + "\n{}\n" + #"{"contact":"b"}"#,
            gives: [#"1! '{"name":"a"}': has no member 'contact'"#, "2! '{}': has no member 'contact'", "3: b"]
        ),
        AudienceSample(
            "members that are no contact",
            noContacts.map { "{\"contact\":\($0)}\n" }.joined(),
            gives: noContacts.enumerated().map {
                "\($0 + 1)! '{\"contact\":\($1)}': contact is neither a string nor an integer of at most 64 bits"
            }
        ),
        AudienceSample(
            "values that are no contact",
            "\"a\"\nnull\n1.5\n1e3\nfalse\n[\"a\"]\n",
            gives: ["1: a"]
                + ["null", "1.5", "1e3", "false", "[\"a\"]"].enumerated().map {
                    "\($0 + 2)! '\($1)': contact is neither a string nor an integer of at most 64 bits"
                }
        ),
        AudienceSample(
            "invalid JSON",
            "{\"contact\":\"a\"\n{\"contact\":\"b\"} x\nplain\n\"\\ud800\"\n{'contact':'c'}\n\"ok\"",
            gives: [
                #"1! '{"contact":"a"': is not valid JSON"#, #"2! '{"contact":"b"} x': is not valid JSON"#,
                "3! 'plain': is not valid JSON", #"4! '"\\ud800"': is not valid JSON"#,
                "5! '{'contact':'c'}': is not valid JSON", "6: ok",
            ]
        ),
        AudienceSample(
            "deep nesting",
            String(repeating: "[", count: 600),
            format: .jsonLines,
            gives: ["1! '\(String(repeating: "[", count: 64))…': is not valid JSON"]
        ),
        AudienceSample(
            "a contact that breaks rule R16",
            #"{"contact":""}"# + "\n" + #"{"contact":"a\nb"}"#,
            gives: [
                "1! '': contact id is empty; give 1 to 256 bytes", #"2! 'a\nb': contact id has a control character"#,
            ]
        ),
        AudienceSample(
            "neither UTF-8 nor UTF-16",
            "\"caf\u{E0E9}\"\n\"\0a\0\"\0\n\"b\"",
            format: .jsonLines,
            gives: [#"1! '"caf\xE9"': is not valid UTF-8"#, #"2! '"\0a\0"\0': is not valid JSON"#, "3: b"]
        ),
    ]

    private static let integers = [
        "0", "1", "-1", "127", "128", "255", "256", "65535", "65536", "2147483648", "4294967296", "9007199254740993",
        "17841400008460056", "-999999999999999999", "9223372036854775808", "18446744073709551615",
    ]

    /// Floats too, even whole ones: an id that some program took for a float may have lost its last digits.
    private static let noContacts = [
        "null", "true", "false", "[]", "{}", "1.5", "1.0", "1e3", "1.7841400008460056e+16", "17841400008460057.0",
        "18446744073709551616", "-9223372036854775809",
    ]

    private static func xs(_ count: Int) -> String { String(repeating: "x", count: count) }
}
