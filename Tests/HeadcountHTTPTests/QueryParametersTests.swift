import Testing

@testable import HeadcountHTTP

@Suite struct QueryParametersTests {
    private func read(_ text: String, ignoresOthers: Bool = false) throws -> QueryParameters {
        try QueryParameters(
            text, known: ["contact", "limit"], kind: .invalidQuery, ignoresOthers: ignoresOthers)
    }

    @Test func decodes() throws {
        #expect(try read("contact=a%20b+c%26")["contact"] == "a b c&")
        #expect(try read("contact=")["contact"] == "")
        #expect(try read("")["contact"] == nil)
        #expect(try read("contact=a=b")["contact"] == "a=b")
        // Marks that combine with what stands before them.
        #expect(try read("contact=\u{301}a+\u{301}&limit=1")["contact"] == "\u{301}a \u{301}")
    }

    @Test(arguments: ["contact=%", "contact=%zz", "contact=%FF", "other=1", "limit=1&limit=2"])
    func refuses(_ text: String) throws {
        #expect(throws: Problem.self) { try read(text) }
    }

    @Test func pagesIgnoreWhatTheyDontKnow() throws {
        #expect(try read("utm_source=chat&contact=ann", ignoresOthers: true)["contact"] == "ann")
    }

    @Test func numbersAreInRange() throws {
        #expect(try read("limit=7").integer("limit", in: 1...10) == 7)
        #expect(try read("").integer("limit", in: 1...10) == nil)
        for text in ["0", "11", "-1", "+1", "1.0", "", "ten", "99999999999999999999"] {
            #expect(throws: Problem.self) { try read("limit=\(text)").integer("limit", in: 1...10) }
        }
    }
}
