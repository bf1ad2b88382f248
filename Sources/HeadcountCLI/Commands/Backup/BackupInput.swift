import Foundation
import Headcount

/// A backup's file. What can be read only once, such as a pipe, is copied into a file without a name first: a backup is
/// checked as a whole before anything of it is restored.
final class BackupInput: BackupSource {
    private static let pieceBytes = 256 * 1024

    private let name: String
    private let descriptor: Int32

    /// - Parameter path: a path, or `-` for standard input.
    init(_ path: String) throws {
        name = path == "-" ? "standard input" : path
        let opened = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        var status = stat()
        guard opened >= 0, fstat(opened, &status) == 0 else { throw Self.fault(name) }
        if status.st_mode & S_IFMT == S_IFDIR {
            throw Failure("can't read \(name): it is a directory; give a backup's file", .badData)
        }
        if status.st_mode & S_IFMT == S_IFREG {
            descriptor = opened
            return
        }
        descriptor = try Self.nameless()
        var copied = true
        while copied {
            let piece = try Self.read(opened, name)
            copied = !piece.isEmpty
            try Self.write(piece, to: descriptor)
        }
        if opened != STDIN_FILENO { close(opened) }
    }

    func rewind() throws {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw Self.fault(name) }
    }

    func read() throws -> [UInt8] { try Self.read(descriptor, name) }

    private static func read(_ descriptor: Int32, _ name: String) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: pieceBytes) { buffer, count in
            count = 0
            var result: Int
            repeat {
                result = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
            } while result < 0 && errno == EINTR
            guard result >= 0 else { throw fault(name) }
            count = result
        }
    }

    private static func write(_ piece: [UInt8], to descriptor: Int32) throws {
        try piece.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else {
                    throw Failure("can't keep the backup meanwhile: \(String(cString: strerror(errno)))", .failure)
                }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    /// A file that is gone when it is closed.
    private static func nameless() throws -> Int32 {
        var template = Array((FileManager.default.temporaryDirectory.path + "/headcount-restore-XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else {
            throw Failure("can't keep the backup meanwhile: \(String(cString: strerror(errno)))", .failure)
        }
        unlink(template)
        return descriptor
    }

    private static func fault(_ name: String) -> Failure {
        Failure("can't read \(name): \(String(cString: strerror(errno)))", .badData)
    }

    deinit {
        if descriptor != STDIN_FILENO { close(descriptor) }
    }
}
