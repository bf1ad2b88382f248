import Foundation

@testable import HeadcountHTTP

/// What callers show to be who they are: nothing made up is accepted, and what was sealed is opened.
extension FuzzTarget {
    static let session = FuzzTarget(
        name: "session",
        words: [".", "0123456789abcdef", "1795500000", "hck_", "_", "sha256=", "inf", "nan", "é", "\u{301}", "Bearer "]
    ) { bytes in
        let text = FuzzInput(bytes).text
        let seal = SessionSeal(secret: "a secret of sixteen bytes or more")
        let now = Date(timeIntervalSince1970: 1_795_500_000)
        // Only who has the secret can write a cookie, a form's token or a signature.
        try hold(seal.open(text, now: now) == nil, "a forged cookie is opened")
        try hold(!seal.isFormToken(text, for: "cookie"), "a forged form token is accepted")
        let signature = WebhookSignature(secrets: ["a secret"])
        try hold(!signature.isValid(text, for: bytes), "a forged signature is accepted")
        if let key = KeyText(text) { try hold(text.hasPrefix("hck_\(key.id)_") && text.utf8.count == 85, "an odd key") }

        // A part of a sealed cookie, or one with something changed in it, is forged too.
        let cookie = seal.seal(Session(keyID: "9f1c2a7be4d0638f", id: "0123456789abcdef", expiresAt: now + 60))
        try hold(seal.open(cookie, now: now)?.keyID == "9f1c2a7be4d0638f", "a sealed cookie is not opened")
        var changed = Array(cookie.utf8)
        for (index, byte) in bytes.prefix(8).enumerated() {
            changed[(index * 31 + Int(byte)) % changed.count] ^= byte & 0x5F
        }
        let isChanged = String(decoding: changed, as: UTF8.self).lowercased() != cookie
        try hold(
            !isChanged || seal.open(String(decoding: changed, as: UTF8.self), now: now) == nil,
            "a changed cookie is opened")
    }
}
