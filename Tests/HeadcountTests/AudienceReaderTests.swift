import Foundation
import TestSupport
import Testing

@testable import Headcount

@Suite("Audience files")
struct AudienceReaderTests {
    private static let pieceSizes = [1, 7, 4096, 65_536, 1 << 20]

    @Test("a file gives the expected records", arguments: AudienceSample.all)
    func expected(sample: AudienceSample) {
        #expect(sample.read([sample.bytes]) == sample.expected)
    }

    @Test("a file gives the same wherever it is cut in two", arguments: AudienceSample.all)
    func cutInTwo(sample: AudienceSample) {
        for cut in 0...sample.bytes.count {
            #expect(sample.read([sample.bytes[..<cut], sample.bytes[cut...]]) == sample.expected, "cut at \(cut)")
        }
    }

    @Test("a file gives the same byte by byte", arguments: AudienceSample.all)
    func byteByByte(sample: AudienceSample) {
        #expect(sample.read(piecesOf: 1) == sample.expected)
    }

    @Test("any collection of bytes will do")
    func collections() throws {
        let bytes = Array("a\nb\n".utf8)
        let expected = ["1: a", "2: b"]
        var reader = AudienceReader()
        #expect(try reader.read(Data(bytes)).map(AudienceSample.text) == expected)
        reader = AudienceReader()
        #expect(try bytes.withUnsafeBytes { try reader.read($0) }.map(AudienceSample.text) == expected)
        reader = AudienceReader()
        #expect(try reader.read(bytes.lazy.map { $0 }).map(AudienceSample.text) == expected)
    }

    @Test("a record comes out as soon as its last line is complete")
    func promptness() throws {
        var reader = AudienceReader()
        #expect(try reader.read("contact,name\n1,Bella\n2,".utf8).map(AudienceSample.text) == ["2: 1"])
        #expect(try reader.read("\"Ann\n".utf8).isEmpty)
        #expect(try reader.read("Lee\"\n".utf8).map(AudienceSample.text) == ["3: 2"])
        #expect(try reader.finish().isEmpty)
    }

    @Test(
        "the first line that is not blank tells the format",
        arguments: [
            ("{\"contact\":\"a\"}", nil, .jsonLines), ("  {", "id", .jsonLines), ("\"a\"", nil, .jsonLines),
            ("contact", nil, .csv), ("\u{FEFF}\n \t\nname, contact ,x", nil, .csv), ("name;contact", nil, .csv),
            ("name\tcontact", nil, .csv), ("\"name\",\"contact\"", nil, .csv), ("id", "id", .csv),
            ("\"id\"", "id", .csv), ("name,contact", "name", .csv), ("contact,\"first", nil, .csv),
            ("contacts,x", nil, .lines), ("Contact", nil, .lines), ("17841400008460056", nil, .lines),
        ] as [(String, String?, AudienceFormat)]
    )
    func detection(text: String, column: String?, format: AudienceFormat) throws {
        var reader = AudienceReader(column: column)
        #expect(reader.format == nil)
        _ = try reader.read((text + "\n").utf8)
        #expect(reader.format == format)
    }

    @Test("a given format is not second-guessed")
    func givenFormat() {
        #expect(
            AudienceSample("", "contact\n{}", format: .lines, gives: []).read(piecesOf: 3) == ["1: contact", "2: {}"]
        )
        #expect(AudienceSample("", "{},contact\n1,2", format: .csv, gives: []).read(piecesOf: 3) == ["2: 2"])
        #expect(
            AudienceSample("", "contact\n7", format: .jsonLines, gives: []).read(piecesOf: 3)
                == ["1! 'contact': is not valid JSON", "2: 7"]
        )
    }

    @Test("what stands in place of a header may be a contact, so it stays out of the error's description")
    func description() {
        let error = #expect(throws: HeadcountError.self) {
            var reader = AudienceReader(format: .csv)
            _ = try reader.read("17841400008460056\n".utf8)
        }
        #expect(error?.message.contains("17841400008460056") == true)
        #expect(error?.description.contains("17841400008460056") == false)
    }

    @Test("a line of 64 KiB is read, a longer one is a fault, and so on with the next", arguments: pieceSizes)
    func longLines(pieceSize: Int) {
        for (format, before, after) in [
            (.lines, "", ""), (.csv, "y,", ""), (.jsonLines, "\"", "\""),
        ] as [(AudienceFormat, String, String)] {
            let most = 65_536 - before.utf8.count - after.utf8.count
            let texts = [most, most + 1, 1, 200_000, 2].map { before + String(repeating: "x", count: $0) + after }
            let shown = String(texts[0].prefix(64))
            let sample = AudienceSample(
                "",
                "\(format == .csv ? "name,contact" : "")\n" + texts.joined(separator: "\n"),
                format: format,
                gives: [
                    "2! '\(String(repeating: "x", count: 64))…': contact id has \(most) bytes; at most 256 are allowed",
                    "3! '\(shown)…': is longer than 64 KiB", "4: x", "5! '\(shown)…': is longer than 64 KiB", "6: xx",
                ]
            )
            #expect(sample.read(piecesOf: pieceSize) == sample.expected, "\(format)")
        }
    }

    @Test("a quote that is never closed costs one line, however much follows", arguments: pieceSizes)
    func openQuote(pieceSize: Int) {
        let others = 3..<20_003
        let sample = AudienceSample(
            "",
            "contact,name\n1,\"Bella\n" + others.map { "c\($0),Ann\n" }.joined() + "last,\"\"\n",
            gives: [#"2! '1,"Bella': has a quote that is not closed within 64 KiB"#] + others.map { "\($0): c\($0)" }
                + ["20003: last"]
        )
        #expect(sample.read(piecesOf: pieceSize) == sample.expected)
    }

    @Test("a line that is too long ends an open quote", arguments: pieceSizes)
    func longLineInQuotes(pieceSize: Int) {
        let long = String(repeating: "x", count: 70_000)
        let sample = AudienceSample(
            "",
            "contact\n\"a\nb\n\(long)\nc\n",
            gives: [
                "2! '\"a': has a quote that is not closed within 64 KiB", "3: b",
                "4! '\(long.prefix(64))…': is longer than 64 KiB", "5: c",
            ]
        )
        #expect(sample.read(piecesOf: pieceSize) == sample.expected)
    }

    @Test("a line of more than 64 KiB of spaces is not blank", arguments: [.lines, nil] as [AudienceFormat?])
    func longBlankLine(format: AudienceFormat?) {
        let spaces = String(repeating: " ", count: 65_537)
        let sample = AudienceSample(
            "",
            "\(spaces.dropLast())\n\(spaces)\na",
            format: format,
            gives: ["2! '\(spaces.prefix(64))…': is longer than 64 KiB", "3: a"]
        )
        #expect(sample.read(piecesOf: 4096) == sample.expected)
    }

    @Test("a CSV row of 64 KiB is read, a longer one costs its first line", arguments: pieceSizes)
    func longRows(pieceSize: Int) {
        func row(_ count: Int) -> String {
            let start = "1,\"\n", end = "\n2,3\""
            return start + String(repeating: "x", count: count - start.utf8.count - end.utf8.count) + end + "\n"
        }
        let sample = AudienceSample(
            "",
            "contact,name\n" + row(65_536) + row(65_537) + "4,\n",
            gives: [
                "2: 1", "5! '1,\"': has a quote that is not closed within 64 KiB",
                "6! '\(String(repeating: "x", count: 64))…': contact id has 65528 bytes; at most 256 are allowed",
                "7: 2",
                "8: 4",
            ]
        )
        #expect(sample.read(piecesOf: pieceSize) == sample.expected)
    }

    @Test("a CSV header that is too long is an error", arguments: pieceSizes)
    func longHeader(pieceSize: Int) {
        let names = String(repeating: "contact,", count: 9_000)
        let sample = AudienceSample(
            "",
            names,
            gives: ["error: invalidAudience: '\(names.prefix(64))…': the CSV header is longer than 64 KiB"]
        )
        #expect(sample.read(piecesOf: pieceSize) == sample.expected)
    }

    @Test("a quote that reopens on each line is a fault for each")
    func reopenedQuotes() {
        let lines = 2..<5_002
        let sample = AudienceSample(
            "",
            "x,contact,y\n" + lines.map { _ in "a\",b,\"c\n" }.joined(),
            column: "contact",
            gives: reopenedFaults(lines)
        )
        #expect(sample.read(piecesOf: 65_536) == sample.expected)
    }

    private func reopenedFaults(_ lines: Range<Int>) -> [String] {
        lines.map { #"\#($0)! 'a",b,"c': has a quote that is not closed within 64 KiB"# }
    }

    @Test("random bytes give the same however they are cut, in order, and only contacts that are allowed")
    func fuzz() throws {
        let given = ProcessInfo.processInfo.environment["HEADCOUNT_TEST_SEED"].flatMap { UInt64($0) }
        let seed = given ?? .random(in: 0...UInt64.max)
        print("HEADCOUNT_TEST_SEED=\(seed) repeats this run of the audience fuzz")
        var random = SeededRandom(seed: seed)
        for round in 0..<2_000 {
            let sample = Self.randomSample(using: &random)
            var pieces: [ArraySlice<UInt8>] = []
            var rest = sample.bytes[...]
            while !rest.isEmpty {
                let most = min(rest.count, Bool.random(using: &random) ? 5 : 70_000)
                pieces.append(rest.prefix(.random(in: 0...most, using: &random)))
                rest = rest.dropFirst(pieces.last?.count ?? 0)
            }
            try #require(sample.read(pieces) == sample.read([sample.bytes]), "round \(round), seed \(seed)")

            var reader = AudienceReader(format: sample.format, column: sample.column)
            guard let records = try? reader.read(sample.bytes) else { continue }
            let lines = records.map(\.line)
            try #require(zip(lines, lines.dropFirst()).allSatisfy { $0 < $1 }, "round \(round), seed \(seed)")
            for case .contact(let contact) in records.map(\.content) {
                try #require(Identifier.fault(inContact: contact) == nil, "round \(round), seed \(seed)")
            }
        }
    }

    private static func randomSample(using random: inout SeededRandom) -> AudienceSample {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0..<60, using: &random) {
            bytes += fragments.randomElement(using: &random) ?? []
            if Int.random(in: 0..<1_000, using: &random) == 0 {
                bytes += repeatElement(UInt8(ascii: "x"), count: 65_530)
            }
        }
        return AudienceSample(
            "",
            bytes: bytes,
            format: (AudienceFormat.allCases + [nil]).randomElement(using: &random) ?? nil,
            column: [nil, nil, "id"].randomElement(using: &random) ?? nil,
            gives: []
        )
    }

    private static let fragments: [[UInt8]] =
        [
            "\n", "\n", "\n", "\r\n", "\r", "\"", "\"", "\"\"", "\"\n\"", ",", ",", ";", "\t", " ", "contact", "id",
            "a", "é", "17841400008460056", "{", "}", ":", "{\"contact\":\"a\"}\n", "{\"id\":7}\n", "contact,id\n",
            "\\u00e9", "null", "1.5", "\u{FEFF}", "\u{0}", "\u{85}",
        ].map { Array($0.utf8) } + [[0xC3], [0xA9], [0xFF], [0xEF, 0xBB]]
}
