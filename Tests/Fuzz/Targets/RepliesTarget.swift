@testable import RedisClient

/// Redis's replies: the same wherever the stream is cut, and back again from values.
extension FuzzTarget {
    static let replies = FuzzTarget(
        name: "replies",
        words: [
            "+OK\r\n", "-ERR x\r\n", ":1\r\n", "$-1\r\n", "$3\r\nabc\r\n", "*2\r\n", "*-1\r\n", "\r\n", "*", "$", "9",
        ]
    ) { bytes in
        var input = FuzzInput(bytes)
        let seed = input.byte()
        let stream = input.rest
        let whole = Replies([stream])
        try hold(Replies(pieces(of: stream, seed: seed)) == whole, "pieces give other replies")
        if stream.count <= 4_096 {
            try hold(Replies(stream.indices.map { stream[$0...$0] }) == whole, "single bytes give other replies")
        }
        // What was read is written, and read again.
        let again = Replies([whole.replies.flatMap(\.encoded)[...]])
        try hold(again == Replies(whole.replies), "replies written and read again are others")
    }
}

/// What comes of a stream: its replies, and whether an error ended it.
private struct Replies: Equatable {
    var replies: [RedisValue] = []
    var isBroken = false

    init(_ replies: [RedisValue]) {
        self.replies = replies
    }

    init(_ pieces: [ArraySlice<UInt8>]) {
        var limits = ReplyReader.Limits()
        limits.elements = 10_000
        limits.bytes = 1 << 20
        let reader = ReplyReader(limits: limits)
        for piece in pieces where !isBroken {
            do {
                try piece.withUnsafeBytes { try reader.read($0, into: &replies) }
            } catch {
                isBroken = true
            }
        }
    }
}

extension RedisValue {
    /// As Redis sends it.
    fileprivate var encoded: [UInt8] {
        switch self {
        case .null: Array("$-1\r\n".utf8)
        case .integer(let number): Array(":\(number)\r\n".utf8)
        case .status(let text): Array("+\(text)\r\n".utf8)
        case .error(let text): Array("-\(text)\r\n".utf8)
        case .string(let bytes): Array("$\(bytes.count)\r\n".utf8) + bytes + Array("\r\n".utf8)
        case .array(let values): Array("*\(values.count)\r\n".utf8) + values.flatMap(\.encoded)
        }
    }
}
