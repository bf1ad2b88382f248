import Foundation
import Headcount
import Testing

@testable import HeadcountHTTP

@Suite struct SessionSealTests {
    private let now = Date(timeIntervalSince1970: 1_795_500_000)
    private let seal = SessionSeal(secret: "a secret of sixteen bytes or more")

    private func session(lasting seconds: TimeInterval = 60) -> Session {
        Session(keyID: "9f1c2a7be4d0638f", id: "0123456789abcdef", expiresAt: now.addingTimeInterval(seconds))
    }

    @Test func opensWhatItSealed() {
        let opened = seal.open(seal.seal(session()), now: now)
        #expect(opened?.keyID == "9f1c2a7be4d0638f")
        #expect(opened?.expiresAt == now.addingTimeInterval(60))
    }

    @Test func anotherInstanceWithTheSameSecretOpensIt() {
        let other = SessionSeal(secret: "a secret of sixteen bytes or more")
        #expect(other.open(seal.seal(session()), now: now) != nil)
    }

    @Test func withoutACommonSecretNobodyElseOpensIt() {
        #expect(SessionSeal(secret: nil).open(SessionSeal(secret: nil).seal(session()), now: now) == nil)
        #expect(SessionSeal(secret: "another secret").open(seal.seal(session()), now: now) == nil)
    }

    @Test func isOverAtItsEnd() {
        let cookie = seal.seal(session(lasting: 60))
        #expect(seal.open(cookie, now: now.addingTimeInterval(59)) != nil)
        #expect(seal.open(cookie, now: now.addingTimeInterval(60)) == nil)
    }

    @Test func anyChangeBreaksIt() {
        let cookie = seal.seal(session())
        for index in cookie.indices {
            var forged = cookie
            forged.replaceSubrange(index...index, with: cookie[index] == "1" ? "2" : "1")
            #expect(
                seal.open(forged, now: now) == nil, "changed at \(cookie.distance(from: cookie.startIndex, to: index))")
        }
        #expect(seal.open("", now: now) == nil)
        #expect(seal.open(cookie + "00", now: now) == nil)
    }

    @Test func noSignStandsForADigit() throws {
        #expect(Hexadecimal.bytes("0aFf") == [10, 255])
        for text in ["+1", "-0", "0", "g0", " 1"] { #expect(Hexadecimal.bytes(text) == nil, "\(text)") }
    }

    @Test func aFormBelongsToItsCookie() {
        let token = seal.formToken(for: "one")
        #expect(seal.isFormToken(token, for: "one"))
        #expect(!seal.isFormToken(token, for: "another"))
        #expect(!seal.isFormToken("", for: "one"))
        // A session's own code is no form's.
        #expect(!seal.isFormToken(String(seal.seal(session()).split(separator: ".")[3]), for: seal.seal(session())))
    }
}
