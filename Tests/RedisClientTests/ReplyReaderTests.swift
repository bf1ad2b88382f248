import Foundation
import TestSupport
import Testing

@testable import RedisClient

@Suite struct ReplyReaderTests {
    /// Every kind of reply, as bytes and as values.
    static let stream =
        "+OK\r\n:42\r\n:-7\r\n$5\r\nhello\r\n$0\r\n\r\n$-1\r\n*-1\r\n*0\r\n-ERR no such thing\r\n"
        + "*3\r\n:1\r\n*2\r\n$1\r\na\r\n*1\r\n+deep\r\n$-1\r\n$4\r\n\r\n\r\n\r\n:9223372036854775807\r\n"
    static let replies: [RedisValue] = [
        .status("OK"), .integer(42), .integer(-7), .string(Array("hello".utf8)), .string([]), .null, .null, .array([]),
        .error("ERR no such thing"),
        .array([.integer(1), .array([.string([97]), .array([.status("deep")])]), .null]),
        .string([13, 10, 13, 10]), .integer(.max),
    ]

    private func read(_ pieces: some Sequence<[UInt8]>, limits: ReplyReader.Limits = .init()) throws -> [RedisValue] {
        let reader = ReplyReader(limits: limits)
        var replies: [RedisValue] = []
        for piece in pieces { try piece.withUnsafeBytes { try reader.read($0, into: &replies) } }
        return replies
    }

    @Test func readsEveryKindOfReply() throws {
        #expect(try read([Array(Self.stream.utf8)]) == Self.replies)
    }

    @Test func splitAtEveryByteGivesTheSame() throws {
        let bytes = Array(Self.stream.utf8)
        for index in bytes.indices {
            #expect(try read([Array(bytes[..<index]), Array(bytes[index...])]) == Self.replies, "split at \(index)")
        }
        #expect(try read(bytes.map { [$0] }) == Self.replies)
    }

    @Test func keepsMoreRepliesThanFitOneSlice() throws {
        let bytes = Array(String(repeating: ":7\r\n", count: 100_000).utf8)
        #expect(try read([bytes]) == Array(repeating: .integer(7), count: 100_000))
    }

    @Test func bulkStringLargerThanASliceKeepsItsBytes() throws {
        let content = (0..<300_000).map { UInt8(truncatingIfNeeded: $0) }
        let bytes = Array("$300000\r\n".utf8) + content + Array("\r\n:1\r\n".utf8)
        #expect(try read([bytes]) == [.string(content), .integer(1)])
    }

    @Test func truncatedReplyIsNoReply() throws {
        let bytes = Array("*2\r\n:1\r\n$5\r\nhel".utf8)
        #expect(try read([bytes]) == [])
    }

    @Test(arguments: [
        "hello\r\n", "?1\r\n", "$abc\r\n", "$-2\r\n", "*-2\r\n", ":12x\r\n", "*1\r\n!\r\n", "\u{0}\u{0}\u{0}\r\n",
        "*9999999999999999999\r\n",
    ])
    func malformedReplyIsAnError(_ text: String) {
        #expect(throws: RedisError.self) { try read([Array(text.utf8)]) }
    }

    @Test func hugeArrayIsRefusedBeforeItIsReserved() throws {
        var limits = ReplyReader.Limits()
        limits.elements = 1_000
        let error = #expect(throws: RedisError.self) { try read([Array("*1001\r\n".utf8)], limits: limits) }
        #expect(error?.code == .protocolViolation)
        #expect(try read([Array("*1000\r\n".utf8)], limits: limits) == [])
    }

    @Test func hugeBulkStringIsRefusedWhileItComesIn() throws {
        var limits = ReplyReader.Limits()
        limits.bytes = 100_000
        let piece = [UInt8](repeating: 120, count: 50_000)
        #expect(throws: RedisError.self) {
            try read([Array("$1000000\r\n".utf8), piece, piece, piece], limits: limits)
        }
    }

    @Test func arraysNestedTooDeepAreAnError() {
        let bytes = Array((String(repeating: "*1\r\n", count: 40) + ":1\r\n").utf8)
        #expect(throws: RedisError.self) { try read([bytes]) }
    }

    @Test func staysBrokenAfterAnError() throws {
        let reader = ReplyReader()
        var replies: [RedisValue] = []
        for bytes in [Array(":1\r\nhello\r\n".utf8), Array(":2\r\n".utf8)] {
            #expect(throws: RedisError.self) { try bytes.withUnsafeBytes { try reader.read($0, into: &replies) } }
        }
        #expect(replies == [.integer(1)])
    }

    /// Any bytes give replies or an error, the same whether they come in one piece or in many, and never a crash.
    @Test func anyBytesReadTheSameInPieces() throws {
        let given = ProcessInfo.processInfo.environment["HEADCOUNT_TEST_SEED"].flatMap { UInt64($0) }
        let seed = given ?? UInt64.random(in: 0...UInt64.max)
        var random = SeededRandom(seed: seed)
        let alphabet = Array("+-:$*0123456789\r\nabc".utf8) + [0, 255]
        for round in 0..<3_000 {
            var bytes: [UInt8]
            if round.isMultiple(of: 2) {
                bytes = Array(Self.stream.utf8)
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let index = Int.random(in: bytes.indices, using: &random)
                    bytes[index] = alphabet.randomElement(using: &random) ?? 0
                }
            } else {
                bytes = (0..<Int.random(in: 0...60, using: &random)).map { _ in
                    alphabet.randomElement(using: &random) ?? 0
                }
            }
            let whole = outcome([bytes])
            let cut = Int.random(in: 0...bytes.count, using: &random)
            #expect(outcome([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole, "seed \(seed), round \(round)")
            #expect(outcome(bytes.map { [$0] }) == whole, "seed \(seed), round \(round)")
        }
    }

    /// The replies before the first error, and whether there was one.
    private func outcome(_ pieces: [[UInt8]]) -> [RedisValue] {
        var limits = ReplyReader.Limits()
        limits.elements = 10_000
        let reader = ReplyReader(limits: limits)
        var replies: [RedisValue] = []
        for piece in pieces {
            do {
                try piece.withUnsafeBytes { try reader.read($0, into: &replies) }
            } catch {
                return replies + [.error("failed")]
            }
        }
        return replies
    }
}
