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
        var count = buffer.writeHeader("*", arguments.count)
        for argument in arguments {
            count += buffer.writeHeader("$", argument.utf8.count)
            count += buffer.writeString(argument)
            count += buffer.writeStaticString("\r\n")
        }
        return count
    }
}

extension ByteBuffer {
    fileprivate mutating func writeHeader(_ kind: StaticString, _ length: Int) -> Int {
        writeStaticString(kind) + writeString(String(length)) + writeStaticString("\r\n")
    }
}
