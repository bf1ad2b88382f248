import Foundation

/// Standard output for data, standard error for everything else.
enum Terminal {
    static let isInteractive = isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"

    /// Writes data. When the reader has gone (`| head`), the program ends without a word.
    static func write(_ text: String) throws {
        try write(text, to: STDOUT_FILENO)
    }

    static func writeLine(_ text: String) throws {
        try write(text + "\n")
    }

    /// Writes a message of one line.
    static func say(_ message: String) {
        let line = message.replacing("\n", with: " ")
        try? write("headcount: \(line)\n", to: STDERR_FILENO)
    }

    /// Writes to standard error as it is, for progress.
    static func show(_ text: String) {
        try? write(text, to: STDERR_FILENO)
    }

    private static func write(_ text: String, to descriptor: Int32) throws {
        var text = text
        try text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                if count < 0, errno == EAGAIN {
                    // Somebody made it non-blocking: wait until there is room.
                    var room = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&room, 1, -1)
                    continue
                }
                if count < 0, errno == EPIPE { throw Failure(nil, .failure) }
                guard count >= 0 else {
                    throw Failure("can't write the output: \(String(cString: strerror(errno)))", .failure)
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }
}
