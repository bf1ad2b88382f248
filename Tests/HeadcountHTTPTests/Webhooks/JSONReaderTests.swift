import Headcount
import Testing

@testable import HeadcountHTTP

@Suite struct JSONReaderTests {
    private func read(_ text: String) throws -> JSONValue { try JSONReader.value(of: Array(text.utf8)) }

    @Test(
        arguments: [
            ("null", JSONValue.null), ("true", .bool(true)), (" \t\r\n false ", .bool(false)), ("\"\"", .string("")),
            ("[]", .array([])), ("[ ]", .array([])), ("{}", .object([:])), ("{ }", .object([:])),
            ("[1, \"a\",null]", .array([.number("1"), .string("a"), .null])),
            (#"{"a":{"b":[true]},"c" : 2}"#, .object(["a": .object(["b": .array([.bool(true)])]), "c": .number("2")])),
            (#"{"a":1,"a":2}"#, .object(["a": .number("2")])),
            (#""a\"\\\/\b\f\n\r\tz""#, .string("a\"\\/\u{8}\u{C}\n\r\tz")),
            (#""\u00e9\u00E9é""#, .string("ééé")), (#""\ud83c\udf89🎉""#, .string("🎉🎉")),
            (#""\u0000""#, .string("\u{0}")),
        ] as [(String, JSONValue)])
    func reads(_ text: String, _ value: JSONValue) throws {
        #expect(try read(text) == value)
    }

    @Test(arguments: [
        "0", "-0", "7", "-12", "0.5", "1e9", "1E+9", "2.50e-3", "17841400008460056123", "99999999999999999999999",
    ])
    func numbersKeepTheirDigits(_ text: String) throws {
        #expect(try read(text) == .number(text))
    }

    @Test(arguments: [
        "", " ", "nul", "tru", "True", "NaN", "Infinity", "+1", "01", "-", "-a", "1.", ".5", "1e", "1e+", "0x10", "1 2",
        "'a'",
        "\"", "\"a", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\\ud83c\\u12\"", "\"a\nb\"", "\"\u{0}\"", "[",
        "[1",
        "[1,", "[1,]", "[,1]", "[1 2]", "]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{a:1}",
        "{1:2}",
        "{\"a\" 1}", "{\"a\":1]", "[1}", "{}}", "\u{FEFF}{}", "{}\u{0}", "// x\n{}",
    ])
    func refuses(_ text: String) {
        let problem = #expect(throws: Problem.self) { try read(text) }
        #expect(problem?.kind == .malformedJSON)
    }

    /// Meta cuts long texts where it likes.
    @Test(
        arguments: [
            (#""a\ud83c""#, "a\u{FFFD}"), (#""\udf89b""#, "\u{FFFD}b"), (#""\ud83cb""#, "\u{FFFD}b"),
            (#""\ud83c\n""#, "\u{FFFD}\n"),
            (#""\ud83c\ud83c\udf89""#, "\u{FFFD}🎉"), (#""\ud83c\u0041""#, "\u{FFFD}A"),
        ] as [(String, String)])
    func halfACharacterSpoilsNothingElse(_ text: String, _ expected: String) throws {
        #expect(try read(text) == .string(expected))
    }

    @Test func whatIsNoUTF8SpoilsNothingElse() throws {
        let bytes =
            Array("[\"".utf8) + [0xFF, 0xC3] + Array("\",\"a\\n".utf8) + [0xE2, 0x82] + Array("\",{\"".utf8) + [0x80]
        #expect(
            try JSONReader.value(of: bytes + Array("\":1,\"b\":2}]".utf8))
                == .array([.garbled, .garbled, .object(["b": .number("2")])]))
    }

    @Test func deepNestingSpoilsNothingElse() throws {
        let depth = 200_000
        for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
            let nested = String(repeating: open, count: depth) + "\"]}\"" + String(repeating: close, count: depth)
            guard case .object(let fields) = try read("{\"deep\":\(nested),\"b\":2}") else {
                Issue.record("no object")
                continue
            }
            #expect(fields["b"] == .number("2"))
            #expect(throws: Problem.self) { try read(String(repeating: open, count: depth)) }
        }
    }

    @Test func fieldsThatAreNullAreMissing() throws {
        let value = try read(#"{"a":null,"b":"","c":5,"d":1.5,"e":true,"f":"x"}"#)
        #expect(value["a"] == nil && value["z"] == nil && JSONValue.null["a"] == nil)
        #expect(["b", "c", "d", "e", "f"].map { value[$0]?.id } == [nil, "5", nil, nil, "x"])
        #expect(["b", "c", "d", "e", "f"].map { value[$0]?.word } == [nil, "5", "1.5", "true", "x"])
    }

    @Test func textsAreCutBetweenCharacters() {
        #expect("abc".cut(toBytes: 3) == "abc")
        #expect("abcd".cut(toBytes: 3) == "abc")
        #expect("aé".cut(toBytes: 2) == "a")
        #expect("🎉🎉".cut(toBytes: 7) == "🎉")
        #expect("🎉🎉".cut(toBytes: 4) == "🎉")
        #expect("🎉".cut(toBytes: 3) == "")
    }
}
