internal import NIOCore

/// A command and its arguments.
package struct RedisCommand: Sendable, Equatable, ExpressibleByArrayLiteral {
    package let arguments: [String]

    package init(_ arguments: [String]) {
        self.arguments = arguments
    }

    package init(arrayLiteral arguments: String...) {
        self.arguments = arguments
    }

    /// Appends the command as RESP: an array of bulk strings. Returns how many bytes that took.
    func encode(into buffer: inout ByteBuffer) -> Int {
        // A header has a sign, at most 20 digits and a line end; a bulk string has one more line end.
        let most = arguments.reduce(24) { $0 + $1.utf8.count + 26 }
        return buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: most) { bytes in
            var end = Self.write(UInt8(ascii: "*"), arguments.count, to: bytes, at: 0)
            for argument in arguments {
                var argument = argument
                end = argument.withUTF8 { text in
                    var end = Self.write(UInt8(ascii: "$"), text.count, to: bytes, at: end)
                    UnsafeMutableRawBufferPointer(rebasing: bytes[end...]).copyMemory(
                        from: UnsafeRawBufferPointer(text))
                    end += text.count
                    return Self.writeLineEnd(to: bytes, at: end)
                }
            }
            return end
        }
    }

    private static func write(_ kind: UInt8, _ length: Int, to bytes: UnsafeMutableRawBufferPointer, at start: Int)
        -> Int
    {
        bytes[start] = kind
        var end = start + 1
        var power = 1
        while length / power >= 10 { power *= 10 }
        while power > 0 {
            bytes[end] = UInt8(ascii: "0") + UInt8(length / power % 10)
            end += 1
            power /= 10
        }
        return writeLineEnd(to: bytes, at: end)
    }

    private static func writeLineEnd(to bytes: UnsafeMutableRawBufferPointer, at start: Int) -> Int {
        bytes[start] = UInt8(ascii: "\r")
        bytes[start + 1] = UInt8(ascii: "\n")
        return start + 2
    }
}
