import Testing

@testable import HeadcountHTTP

@Suite struct ScalarHTMLTests {
    private let html = ScalarHTML()

    @Test func escapesWhatMeansSomething() {
        #expect(html.escapeText(#"<a href="x">&'"#) == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;")
        #expect(html.escapeText("17841400008460056") == "17841400008460056")
        #expect(html.escapeText("Ünï-コード 🎉") == "Ünï-コード 🎉")
    }

    /// A quote with a combining mark is one character, and still ends an attribute.
    @Test func escapesQuotesWithCombiningMarks() {
        #expect(html.escapeText("\"\u{301} autofocus x=") == "&quot;\u{301} autofocus x=")
        #expect(html.escapeText("<\u{338}script>") == "&lt;\u{338}script&gt;")
    }
}
