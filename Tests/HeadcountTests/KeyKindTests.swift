import Testing

@testable import Headcount

/// Keys are known by their names: those of docs/redis-keys.md.
@Suite("Kinds of keys")
struct KeyKindTests {
    private static let month = PeriodName(year: 2026, month: 11, startDay: 1)
    private static let late = PeriodName(year: 2026, month: 11, startDay: 15)

    private static let names: [(String, KeyKind)] = [
        ("hc:{a}:2026-11", .members(month)), ("hc:{a}:2026-11-15", .members(late)),
        ("hc:{a}:2026-11:held", .held(month)),
        ("hc:{a}:2026-11-15:holders", .holders(late)), ("hc:{a}:2026-11:merged", .merged(month)),
        ("hc:{a}:2026-11:stats", .stats(month)), ("hc:{a}:2026-11:refused", .refused(month)), ("hc:{a}:plan", .plan),
        ("hc:{a}:audit", .audit), ("hc:{a}:outbox", .outbox), ("hc:{a}:outbox:deliveries", .deliveries),
        ("hc:{a}:notices", .notices), ("hc:{a}:campaigns", .campaigns),
        ("hc:{a}:campaign:s.1", .campaign("s.1", .order)),
        ("hc:{a}:campaign:jobs:jobs", .campaign("jobs", .jobs)), ("hc:{a}:scenario:w:ended", .scenario("w", .ended)),
        ("hc:{a}:contact:x:y:{z}", .contact), ("hc:{a}:ended", .endedRuns), ("hc:{a}:dead", .deadLetters),
        ("hc:{a:b@c}:plan", .plan), ("hc:api-keys", .apiKeys), ("hc:channels:instagram", .instagramChannels),
        ("hc:due:sweep", .due), ("hc:accounts:2026-11", .index(month)), ("hc:signed-out:x", .signedOut),
        ("hc:{a}:2026-11:erased", .erased(month)), ("hc:removed:0a1b", .removed),
        ("hc:{a}:restoring", .restoring), ("hc:{a}:2026-13", .other), ("hc:{a}:2026-11-01", .other),
        ("hc:{a}:2026-11:x", .other), ("hc:{a}:campaign:s:x", .other), ("hc:{a}:x", .other), ("hc:x", .other),
        ("hc:accounts:2026-11-15", .other),
    ]

    @Test("a key is known by its name", arguments: names)
    func kind(name: String, kind: KeyKind) throws {
        let key = try #require(StoredKey(Array(name.utf8), prefix: "hc"))
        #expect(KeyKind(key) == kind)
        #expect(key.full(prefix: "hc") == Array(name.utf8))
    }

    @Test(
        "a key of another prefix, or of no account that can be, is none",
        arguments: ["hd:{a}:plan", "hc:{}:plan", "hc:{a b}:plan", "hc:{a}plan", "hc:{a", "hc"])
    func none(name: String) {
        #expect(StoredKey(Array(name.utf8), prefix: "hc") == nil)
    }

    @Test("a name that is no UTF-8 is kept as it is")
    func bytes() throws {
        let name = Array("hc:{a}:contact:".utf8) + [0xFF]
        let key = try #require(StoredKey(name, prefix: "hc"))
        #expect(KeyKind(key) == .contact)
        #expect(key.full(prefix: "eu") == Array("eu:{a}:contact:".utf8) + [0xFF])
    }
}
