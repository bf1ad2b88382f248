import Headcount
import Testing

@testable import HeadcountHTTP

@Suite struct WebhookSignatureTests {
    /// RFC 4231, test case 2.
    private static let body = "what do ya want for nothing?"
    private static let code = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"

    private func isValid(_ header: String?, _ body: String = Self.body, secrets: [String] = ["Jefe"]) -> Bool {
        WebhookSignature(secrets: secrets).isValid(header, for: Array(body.utf8))
    }

    @Test func isThatOfTheBodyWithTheSecret() {
        #expect(isValid("sha256=\(Self.code)"))
        #expect(isValid("sha256=\(Self.code.uppercased())"))
    }

    @Test(arguments: [
        "", "sha256=", "sha256", "sha256=0", "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
        "sha256=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        "SHA256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        "sha256 5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec384",
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec38430",
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3844",
        "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec38+3",
        "sha256=0000000000000000000000000000000000000000000000000000000000000000",
        "sha256=gggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggggg",
        "sha256=éééééééééééééééééééééééééééééééé",
    ])
    func whatElseThereIsIsNone(_ header: String) {
        #expect(!isValid(header))
        // Two headers of the name arrive as one.
        #expect(!isValid("sha256=\(Self.code), \(header)"))
        #expect(!isValid(nil))
    }

    @Test func everyByteCounts() {
        let body = Array(Self.body.utf8)
        let signature = WebhookSignature(secrets: ["Jefe"])
        for index in body.indices {
            var changed = body
            changed[index] ^= 1
            #expect(!signature.isValid("sha256=\(Self.code)", for: changed), "changed at \(index)")
        }
        #expect(!signature.isValid("sha256=\(Self.code)", for: body + [0x0A]))
        #expect(!signature.isValid("sha256=\(Self.code)", for: []))
    }

    @Test(
        arguments: [
            ("38c6a3bb0d2a5262b80066369d1fd657385ca908d30fa0fdc817d6f1200e40da", true),
            ("6f000636956a1f6e9f91410b3b081e18706db94ffd2319fddd606ab833d086aa", true),
            ("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843", false),
        ] as [(String, Bool)])
    func anyOfSeveralSecretsWillDo(_ code: String, _ isRight: Bool) {
        for secrets in [["old secret", "new secret"], ["new secret", "old secret"]] {
            #expect(isValid("sha256=\(code)", "{}", secrets: secrets) == isRight)
        }
    }

    /// Whoever forgets to set a secret must not accept everybody.
    @Test func withoutASecretNothingIsSigned() {
        // HMAC-SHA256 of "{}" with the empty key.
        let code = "22f8eea909400af98adf3681a9f31923ef6b7fcba4abb553d92823a3e9d5c25e"
        for secrets in [[], [""]] { #expect(!isValid("sha256=\(code)", "{}", secrets: secrets)) }
        #expect(!WebhookSignature(secrets: [], atLeast: 2).isValid("sha256=\(code)", for: Array("{}".utf8)))
    }

    @Test func verifyTokensAreComparedAsAWhole() {
        let token = VerifyToken("1f0c3a")
        #expect(token.isMatched(by: "1f0c3a"))
        for other in ["", "1f0c3", "1f0c3a ", "1F0C3A", "1f0c3b"] { #expect(!token.isMatched(by: other)) }
    }
}
