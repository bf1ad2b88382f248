import Headcount
import Testing

@Suite struct IdentifierTests {
    @Test(arguments: ["a", "acct_42", "A.b-c:d@e", String(repeating: "x", count: 128)])
    func accountsThatAreFine(_ account: String) throws {
        try Identifier.check(account: account)
    }

    @Test(arguments: [
        "", "a b", "{a}", "a}", "a\n", "a\u{0}", "ä", "a*", "a/b", String(repeating: "x", count: 129),
    ])
    func accountsThatAreRefused(_ account: String) {
        let error = #expect(throws: HeadcountError.self) { try Identifier.check(account: account) }
        #expect(error?.code == .invalidAccount)
    }

    @Test(arguments: ["1", "17841400008460056", "{x}", "José 👋", "a b", String(repeating: "é", count: 128)])
    func contactsThatAreFine(_ contact: String) throws {
        try Identifier.check(contact: contact)
    }

    @Test(arguments: ["", "a\nb", "a\tb", "\u{0}", "a\u{7F}", "a\u{85}b", String(repeating: "x", count: 257)])
    func contactsThatAreRefused(_ contact: String) {
        let error = #expect(throws: HeadcountError.self) { try Identifier.check(contact: contact) }
        #expect(error?.code == .invalidContact)
    }

    @Test func messageNamesTheValueAndTheLogDoesNot() {
        let error = #expect(throws: HeadcountError.self) { try Identifier.check(contact: "secret\nperson") }
        #expect(error?.message == #"'secret\nperson': contact id has a control character"#)
        #expect(error?.description.contains("secret") == false)
    }

    @Test func actionsAreReadFromText() throws {
        #expect(try Action("campaign:spring") == .campaign("spring"))
        #expect(try Action("scenario:a:b").id == "a:b")
        #expect(try Action("scenario:\u{301}a").id == "\u{301}a")
        #expect(try Action("manual").id == nil)
        for text in ["", ":x", "Campaign:x", "campaign:", "a b:c", "campaign:a\nb"] {
            let error = #expect(throws: HeadcountError.self, "\(text)") { try Action(text) }
            #expect(error?.code == .invalidAction)
        }
    }
}
