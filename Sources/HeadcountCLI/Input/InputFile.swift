import Foundation

/// A file or standard input, read piece by piece.
struct InputFile: ~Copyable {
    /// For messages: the path, or `standard input`.
    let name: String
    /// Bytes in the file; nil for what has no size, such as a pipe.
    let size: Int?
    private let descriptor: Int32
    private static let pieceBytes = 64 * 1024

    /// - Parameter path: a path, or `-` for standard input.
    init(_ path: String) throws {
        name = path == "-" ? "standard input" : path
        descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            throw Failure("can't read \(name): \(String(cString: strerror(errno)))", .badData)
        }
        size = status.st_mode & S_IFMT == S_IFREG ? Int(status.st_size) : nil
    }

    deinit {
        if descriptor > STDERR_FILENO { close(descriptor) }
    }

    /// What can be read now, at most 64 KiB; empty at the end.
    func read() throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: Self.pieceBytes) { buffer, count in
            count = 0
            var result: Int
            repeat {
                result = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            } while result < 0 && errno == EINTR
            guard result >= 0 else {
                throw Failure("can't read \(name): \(String(cString: strerror(errno)))", .badData)
            }
            count = result
        }
    }
}
