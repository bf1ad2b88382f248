import NIOCore
import Testing

@testable import RedisClient

/// RESP, as https://redis.io/docs/latest/develop/reference/protocol-spec/ describes commands.
@Suite struct RedisCommandTests {
    private func text(_ command: RedisCommand) -> String {
        var buffer = ByteBuffer()
        let count = command.encode(into: &buffer)
        #expect(count == buffer.readableBytes)
        return String(buffer: buffer)
    }

    @Test func isAnArrayOfBulkStrings() {
        #expect(text(["SADD", "ключ", "", "a\r\nb"]) == "*4\r\n$4\r\nSADD\r\n$8\r\nключ\r\n$0\r\n\r\n$4\r\na\r\nb\r\n")
        #expect(text(RedisCommand(Array(repeating: "x", count: 1_000))).hasPrefix("*1000\r\n$1\r\nx\r\n$1\r\n"))
    }

    @Test func piecesMakeTheSameCommand() {
        var pieces = RedisCommand(capacity: 0)
        pieces.append("GET")
        pieces.append(joining: "hc:{a}:2026-11", ":", "stats")
        pieces.append(-1_795_478_400)
        pieces.append(contentsOf: ["x", "y"])
        #expect(pieces == ["GET", "hc:{a}:2026-11:stats", "-1795478400", "x", "y"])
    }

    @Test func aScriptIsCalledByHashAndBySource() {
        let call = ScriptCall(keys: ["k1", "k2"], arguments: ["v"])
        let script = RedisScript(name: "one", source: "return 1")
        #expect(text(call.byHash(script)) == text(["EVALSHA", script.hash, "2", "k1", "k2", "v"]))
        #expect(text(call.bySource(script)) == text(["EVAL", "return 1", "2", "k1", "k2", "v"]))
    }
}
