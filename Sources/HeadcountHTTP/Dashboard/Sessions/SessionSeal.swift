internal import Headcount
internal import Crypto
internal import Foundation

/// Signs what a browser keeps for the dashboard, so that every instance with the same secret knows it again and nobody
/// can make it up: HMAC-SHA256.
struct SessionSeal: Sendable {
    private let key: SymmetricKey

    /// - Parameter secret: shared by all instances; nil: one that only this process has.
    init(secret: String?) {
        key = secret.map { SymmetricKey(data: SHA256.hash(data: Array($0.utf8))) } ?? SymmetricKey(size: .bits256)
    }

    /// The cookie of somebody who has shown this key.
    func seal(_ session: Session) -> String {
        let text = "\(session.keyID).\(session.id).\(Int(session.expiresAt.timeIntervalSince1970))"
        return "\(text).\(code(for: "session:" + text))"
    }

    /// The session in a cookie; nil for one that is forged or over.
    func open(_ cookie: String, now: Date) -> Session? {
        let parts = cookie.split(separator: ".").map(String.init)
        guard parts.count == 4, isCode(parts[3], for: "session:\(parts[0]).\(parts[1]).\(parts[2])"),
            let seconds = TimeInterval(parts[2])
        else { return nil }
        let session = Session(keyID: parts[0], id: parts[1], expiresAt: Date(timeIntervalSince1970: seconds))
        return session.expiresAt > now ? session : nil
    }

    /// What a form has to bring along that was made for the holder of `cookie`.
    func formToken(for cookie: String) -> String { code(for: "form:" + cookie) }

    func isFormToken(_ token: String, for cookie: String) -> Bool { isCode(token, for: "form:" + cookie) }

    private func code(for text: String) -> String {
        Hexadecimal.text(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: key))
    }

    private func isCode(_ code: String, for text: String) -> Bool {
        guard let bytes = Hexadecimal.bytes(code) else { return false }
        return HMAC<SHA256>.isValidAuthenticationCode(bytes, authenticating: Array(text.utf8), using: key)
    }
}

/// Somebody is signed in to the dashboard with a key.
struct Session {
    static let duration: TimeInterval = 12 * 3600

    let keyID: String
    /// Names the session once it is signed out.
    let id: String
    let expiresAt: Date

    init(keyID: String, id: String, expiresAt: Date) {
        self.keyID = keyID
        self.id = id
        self.expiresAt = expiresAt
    }

    /// One that begins now.
    init(keyID: String, now: Date) {
        self.init(
            keyID: keyID, id: Hexadecimal.random(bytes: 8), expiresAt: now.addingTimeInterval(Self.duration))
    }
}
