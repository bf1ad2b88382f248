import Foundation
import Synchronization
import TestSupport
import Testing

@testable import HeadcountHTTP

@Suite struct KeyCacheTests {
    private static func key(_ id: String) -> APIKey {
        APIKey(id: id, name: "tests", scope: .read, account: nil, createdAt: Date(), expiresAt: nil, sha256: [])
    }

    @Test func asksOnceForManyRequests() async throws {
        let asked = Mutex(0)
        let cache = KeyCache { id in
            asked.withLock { $0 += 1 }
            return Self.key(id)
        }
        for _ in 1...100 { #expect(try await cache.key("one")?.id == "one") }
        #expect(asked.withLock { $0 } < 10)
    }

    @Test func noticesARevokedKeyWithinASecond() async throws {
        let isThere = Mutex(true)
        let cache = KeyCache { id in isThere.withLock { $0 } ? Self.key(id) : nil }
        #expect(try await cache.key("one") != nil)
        isThere.withLock { $0 = false }
        #expect(try await eventually(within: .seconds(1)) { try await cache.key("one") == nil })
    }

    @Test func aFailureIsNotRemembered() async throws {
        struct Down: Error {}
        let isDown = Mutex(true)
        let cache = KeyCache { id in
            if isDown.withLock({ $0 }) { throw Down() }
            return Self.key(id)
        }
        await #expect(throws: Down.self) { try await cache.key("one") }
        isDown.withLock { $0 = false }
        #expect(try await cache.key("one") != nil)
    }
}
