import Testing

@testable import RedisClient

@Suite struct HandshakeTests {
    private func handshake(_ url: String) throws -> Handshake {
        Handshake(url: try RedisURL(url), server: .tcp(host: "h", port: 6379), role: .data, clientName: "test")
    }

    @Test func saysWhoWhereAndWhat() throws {
        #expect(
            try handshake("redis://ops:secret@h/3").commands == [
                ["AUTH", "ops", "secret"], ["SELECT", "3"], ["CLIENT", "SETNAME", "test"],
            ])
        #expect(try handshake("redis://:secret@h").commands == [["AUTH", "secret"], ["CLIENT", "SETNAME", "test"]])
        #expect(try handshake("redis://h").commands == [["CLIENT", "SETNAME", "test"]])
    }

    @Test func isDoneAfterTheLastReply() throws {
        var handshake = try handshake("redis://:secret@h/3")
        #expect(handshake.received(.status("OK")) == .more)
        #expect(handshake.received(.status("OK")) == .more)
        #expect(handshake.received(.status("OK")) == .done)
    }

    @Test(arguments: [
        ("redis://:x@h", "WRONGPASS invalid username-password pair", RedisError.Code.handshakeRefused),
        ("redis://h", "NOAUTH Authentication required.", .handshakeRefused),
        ("redis://h/99", "ERR DB index is out of range", .handshakeRefused),
        ("redis://h", "DENIED Redis is running in protected mode", .handshakeRefused),
        ("redis://h", "ERR max number of clients reached", .connectionFailed),
    ])
    func refusalIsAFailure(_ url: String, _ reply: String, _ code: RedisError.Code) throws {
        var handshake = try handshake(url)
        guard case .failed(let error) = handshake.received(.error(reply)) else {
            Issue.record("went on after \(reply)")
            return
        }
        #expect(error.code == code)
        #expect(error.message.contains("h:6379"))
    }

    @Test func withoutPermissionForANameItGoesOn() throws {
        var handshake = try handshake("redis://h")
        #expect(handshake.received(.error("NOPERM this user has no permissions to run 'client|setname'")) == .done)
    }

    /// A server without users repeats what it was given.
    @Test func aRefusalNeverHoldsThePassword() throws {
        var handshake = try handshake("redis://ops:secret@h")
        let reply = "ERR unknown command 'AUTH', with args beginning with: 'ops' 'secret' "
        guard case .failed(let error) = handshake.received(.error(reply)) else {
            Issue.record("it was not refused")
            return
        }
        #expect(error.message.hasSuffix("ERR unknown command 'AUTH'"))
    }
}
