internal import NIOCore

/// A command and its arguments, encoded as they go over the wire: RESP bulk strings in one piece of memory.
package struct RedisCommand: Sendable, Equatable, ExpressibleByArrayLiteral {
    private var count = 0
    private var encoded: [UInt8] = []
    /// Where the key stands in the words of the command.
    private var keyPlace = 1
    /// Whether it is written after an `ASKING`, whose reply comes before its own.
    private(set) var isAsking = false
    /// Whether its reply counts only once replicas have confirmed what it wrote, where that is asked for.
    var needsReplicas = false

    package init(_ arguments: [String] = []) {
        append(contentsOf: arguments)
    }

    package init(arrayLiteral arguments: String...) {
        self.init(arguments)
    }

    /// - Parameter capacity: how many bytes the arguments will take, about.
    package init(capacity: Int) {
        encoded.reserveCapacity(capacity)
    }

    /// Appends one argument.
    package mutating func append(_ argument: String) {
        append(length: argument.utf8.count)
        append(text: argument)
        appendLineEnd()
    }

    /// Appends one argument that is put together from `parts`.
    package mutating func append(joining parts: String...) {
        append(length: parts.reduce(0) { $0 + $1.utf8.count })
        for part in parts { append(text: part) }
        appendLineEnd()
    }

    /// Appends a number as an argument.
    package mutating func append(_ number: Int) {
        append(String(number))
    }

    /// Appends one argument of any bytes.
    package mutating func append(bytes: some Collection<UInt8>) {
        append(length: bytes.count)
        encoded.append(contentsOf: bytes)
        appendLineEnd()
    }

    package mutating func append(contentsOf arguments: some Collection<String>) {
        encoded.reserveCapacity(encoded.count + arguments.reduce(0) { $0 + $1.utf8.count + 16 })
        for argument in arguments { append(argument) }
    }

    /// Appends the other command's arguments.
    mutating func append(_ other: RedisCommand) {
        count += other.count
        encoded += other.encoded
    }

    /// About how many bytes it has.
    var byteCount: Int { encoded.count }

    /// The same command, for a node of a Redis Cluster that is just receiving the key's slot.
    var asking: RedisCommand {
        var command = self
        command.isAsking = true
        return command
    }

    /// The key by which a Redis Cluster finds the node: what follows the command's name, or the first of a script's keys.
    /// Nil for a command without arguments. Where it is no key, as in `CONFIG GET`, any node will do.
    var key: ArraySlice<UInt8>? {
        guard keyPlace < count else { return nil }
        var rest = encoded[...]
        for _ in 0..<keyPlace { _ = Self.popWord(&rest) }
        return Self.popWord(&rest)
    }

    /// The key is that one of the words.
    mutating func setKeyPlace(_ place: Int) {
        keyPlace = place
    }

    /// Takes the first bulk string off.
    private static func popWord(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = bytes.dropFirst().prefix { $0 != UInt8(ascii: "\r") }
        let length = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
        let start = digits.endIndex + 2
        defer { bytes = bytes[(start + length + 2)...] }
        return bytes[start..<start + length]
    }

    /// Appends the command as RESP: an array of bulk strings. Returns how many bytes that took.
    func encode(into buffer: inout ByteBuffer) -> Int {
        let asking = isAsking ? buffer.writeStaticString("*1\r\n$6\r\nASKING\r\n") : 0
        // The header has a sign, at most 20 digits and a line end.
        return asking
            + buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: encoded.count + 24) { bytes in
                var end = 0
                Self.forEachByte(ofHeader: UInt8(ascii: "*"), count) {
                    bytes[end] = $0
                    end += 1
                }
                encoded.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: bytes[end...]).copyMemory(from: $0) }
                return end + encoded.count
            }
    }

    private mutating func append(length: Int) {
        count += 1
        Self.forEachByte(ofHeader: UInt8(ascii: "$"), length) { encoded.append($0) }
    }

    private mutating func append(text: String) {
        var text = text
        text.withUTF8 { encoded.append(contentsOf: $0) }
    }

    private mutating func appendLineEnd() {
        encoded.append(UInt8(ascii: "\r"))
        encoded.append(UInt8(ascii: "\n"))
    }

    private static func forEachByte(ofHeader kind: UInt8, _ length: Int, _ body: (UInt8) -> Void) {
        body(kind)
        var power = 1
        while length / power >= 10 { power *= 10 }
        while power > 0 {
            body(UInt8(ascii: "0") + UInt8(length / power % 10))
            power /= 10
        }
        body(UInt8(ascii: "\r"))
        body(UInt8(ascii: "\n"))
    }
}
