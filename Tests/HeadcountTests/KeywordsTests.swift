import Testing

@testable import Headcount

@Suite struct KeywordsTests {
    @Test(
        arguments: [
            ("price", "What PRICE is it?", true),
            ("price", "pricey", true),
            ("price", "rice", false),
            ("Straße", "in der STRASSE", true),
            ("istanbul", "ISTANBUL", true),
            ("caf\u{E9}", "cafe\u{301}", true),
            ("caf\u{E9}", "cafe", false),
            ("\u{FF30}\u{FF32}\u{FF29}\u{FF23}\u{FF25}", "the price", true),
            ("\u{FB01}t", "FIT", true),
            ("ЦЕНА", "какая цена?", true),
            ("🔥", "so 🔥🔥", true),
            ("\u{2764}\u{FE0F}", "I \u{2764} it", true),
            ("\u{2764}", "\u{2764}\u{FE0F}\u{FE0F}", true),
            ("\u{130}stanbul", "istanbul", true),
            ("istanbul", "\u{130}STANBUL", true),
            ("two  words", "with TWO\nWORDS in it", true),
        ] as [(String, String, Bool)])
    func contains(_ keyword: String, _ text: String, _ isMatch: Bool) {
        #expect(Keywords([keyword], .contains).match(folded: Keywords.folded(text)) == isMatch)
    }

    @Test func exactIsTheWholeTextButForSpaceAround() {
        let keywords = Keywords(["hi", "hello there"], .exact)
        for text in ["HI", "  hi\n", "Hello   There"] { #expect(keywords.match(folded: Keywords.folded(text))) }
        for text in ["hi!", "hi there", "", "hello"] { #expect(!keywords.match(folded: Keywords.folded(text))) }
    }

    @Test func anyIsWhateverTheText() {
        #expect(Keywords([], .any).match(folded: ""))
    }
}
