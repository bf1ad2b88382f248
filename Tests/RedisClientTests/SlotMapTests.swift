import NIOCore
import Testing

@testable import RedisClient

/// Hash slots, and what nodes say of them.
@Suite struct SlotMapTests {
    private func slot(_ key: String) -> Int { KeySlot.of(Array(key.utf8)[...]) }

    /// Those of Redis's `CLUSTER KEYSLOT`.
    @Test func slotsAreRedisOwn() {
        #expect(slot("123456789") == 0x31C3)
        #expect(slot("foo") == 12_182)
        #expect(slot("") == 0)
        #expect(slot("hc:{acct_42}:2026-11") == slot("acct_42"))
        #expect(slot("{user1000}.following") == slot("{user1000}.followers"))
        #expect(slot("foo{}{bar}") == 8_363)
        #expect(slot("foo{{bar}}zap") == slot("{bar"))
        #expect(slot("foo{bar}{zap}") == slot("bar"))
        #expect(slot("foo{bar") == 15_278)
    }

    private func range(_ first: Int, _ last: Int, _ host: String, _ port: Int) -> RedisValue {
        .array([
            .integer(first), .integer(last), .array([.string(Array(host.utf8)), .integer(port), .string([])]),
            .array([.string(Array("replica".utf8)), .integer(1), .string([])]),
        ])
    }

    @Test func eachRangeHasItsMasterFirst() throws {
        let map = try #require(SlotMap(.array([range(0, 99, "a", 1), range(100, 200, "b", 2)]), from: "me"))
        #expect(map[0] == .tcp(host: "a", port: 1) && map[99] == map[0])
        #expect(map[100] == .tcp(host: "b", port: 2) && map[200] == map[100])
        #expect(map[201] == nil)
        #expect(map.masters.count == 2)
    }

    @Test func aNodeWithoutANameIsTheOneThatWasAsked() throws {
        let nameless = try #require(SlotMap(.array([range(0, 0, "", 7)]), from: "me"))
        #expect(nameless[0] == .tcp(host: "me", port: 7))
        #expect(try #require(SlotMap(.array([range(0, 0, "?", 7)]), from: "me"))[0] == nil)
    }

    @Test func nobodyListensOnAPortThatThereIsNot() throws {
        for port in [0, -1, 65_536, Int.max] {
            #expect(try #require(SlotMap(.array([range(0, 0, "a", port)]), from: "me"))[0] == nil)
            #expect(Redirect(RedisError(reply: "MOVED 1 a:\(port)"), from: "me") == nil)
        }
    }

    @Test func whatIsNoListOfSlotsIsRefused() {
        for reply in [
            RedisValue.null, .status("OK"), .array([.integer(1)]), .array([range(5, 4, "a", 1)]),
            .array([range(0, 16_384, "a", 1)]),
        ] {
            #expect(SlotMap(reply, from: "me") == nil)
        }
    }

    @Test func aMovedSlotHasANewMaster() throws {
        var map = try #require(SlotMap(.array([range(0, 99, "a", 1)]), from: "me"))
        map.move(7, to: .tcp(host: "new", port: 9))
        #expect(map[7] == .tcp(host: "new", port: 9) && map[8] == .tcp(host: "a", port: 1))
    }

    @Test func redirectsAreRead() {
        let moved = Redirect(RedisError(reply: "MOVED 3999 127.0.0.1:6381"), from: "me")
        #expect(moved?.kind == .moved && moved?.slot == 3_999 && moved?.address == .tcp(host: "127.0.0.1", port: 6381))
        let ask = Redirect(RedisError(reply: "ASK 0 ::1:7"), from: "me")
        #expect(ask?.kind == .ask && ask?.address == .tcp(host: "::1", port: 7))
        #expect(Redirect(RedisError(reply: "MOVED 1 :7"), from: "me")?.address == .tcp(host: "me", port: 7))
        for other in ["MOVED", "MOVED x y:1", "MOVED 16384 a:1", "ERR no", "ASK 1 a"] {
            #expect(Redirect(RedisError(reply: other), from: "me") == nil)
        }
    }

    @Test func theKeyOfACommandIsFound() {
        func key(_ command: RedisCommand) -> String? { command.key.map { String(decoding: $0, as: UTF8.self) } }
        #expect(key(["GET", "hc:{a}"]) == "hc:{a}")
        #expect(key(["PING"]) == nil)
        let call = ScriptCall(keys: ["k1", "k2"], arguments: ["v"])
        let script = RedisScript(name: "x", source: String(repeating: "x", count: 12_345))
        #expect(key(call.byHash(script)) == "k1")
        #expect(key(call.bySource(script)) == "k1")
        #expect(key(ScriptCall(keys: [], arguments: []).byHash(script)) == nil)
    }
}
