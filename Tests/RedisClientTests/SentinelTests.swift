import Testing

@testable import RedisClient

/// What sentinels say; fail-overs of real ones are in Tests/Service and Tests/Faults.
@Suite struct SentinelTests {
    private func fields(_ values: String...) -> RedisValue { .array(values.map { .string(Array($0.utf8)) }) }

    @Test func theNamedMasterIsRead() {
        let master = fields("name", "m", "ip", "10.0.0.9", "port", "1", "flags", "master", "config-epoch", "3")
        let named = NamedMaster(address: fields("10.0.0.1", "6379"), master: master)
        #expect(named?.address == .tcp(host: "10.0.0.1", port: 6379) && named?.epoch == 3)
        for port in ["x", "0", "65536"] {
            #expect(NamedMaster(address: fields("10.0.0.1", port), master: master) == nil)
        }
        #expect(NamedMaster(address: .null, master: master) == nil)
        #expect(NamedMaster(address: fields("10.0.0.1", "6379"), master: .null) == nil)
    }

    @Test func aNamedMasterMustSaySoItself() throws {
        let url = try RedisURL("redis-sentinel://:secret@s/m?db=2")
        func handshake() -> Handshake {
            Handshake(url: url, server: .tcp(host: "h", port: 1), role: .namedMaster, clientName: "test")
        }
        #expect(
            handshake().commands == [["AUTH", "secret"], ["SELECT", "2"], ["ROLE"], ["CLIENT", "SETNAME", "test"]])
        var master = handshake()
        #expect(master.received(.status("OK")) == .more && master.received(.status("OK")) == .more)
        #expect(master.received(.array([.string(Array("master".utf8)), .integer(0), .array([])])) == .more)
        #expect(master.received(.status("OK")) == .done)
        var replica = handshake()
        #expect(replica.received(.status("OK")) == .more && replica.received(.status("OK")) == .more)
        guard case .failed(let error) = replica.received(.array([.string(Array("slave".utf8))])) else {
            Issue.record("went on with a replica")
            return
        }
        #expect(error.code == .connectionFailed && error.message == "h:1 is no master (any more)")
    }

    @Test func aSentinelNeedsNotKnowThePasswordOfTheData() throws {
        let url = try RedisURL("redis-sentinel://:secret@s/m?db=2")
        var handshake = Handshake(url: url, server: .tcp(host: "s", port: 1), role: .sentinel, clientName: "test")
        #expect(handshake.commands == [["AUTH", "secret"], ["CLIENT", "SETNAME", "test"]])
        #expect(handshake.received(.error("ERR AUTH <password> called without any password configured")) == .more)
        #expect(handshake.received(.status("OK")) == .done)
    }
}
