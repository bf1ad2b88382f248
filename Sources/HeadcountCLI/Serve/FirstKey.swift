import Headcount
import HeadcountHTTP

/// With a Redis of its own and nobody else around, a service without keys would be of no use: it makes one.
enum FirstKey {
    static func makeIfNone(_ limiter: Limiter) async throws {
        let store = APIKeyStore(limiter)
        guard try await store.list().isEmpty else { return }
        let (text, _) = try await store.create(name: "first key", scope: .admin)
        Terminal.say("made a first key with the scope admin; it is shown this once:")
        try Terminal.writeLine(text)
    }
}
