import Foundation

/// Where a backup goes: standard output, or a file that has its name only once it is whole.
final class BackupOutput {
    private let path: String?
    /// Beside the file, so that it can be renamed.
    private let partial: String
    private let descriptor: Int32
    private var isDone = false

    /// - Parameter path: nil for standard output.
    init(_ path: String?) throws {
        self.path = path
        partial = "\(path ?? "-").\(ProcessInfo.processInfo.processIdentifier).partial"
        guard let path else {
            descriptor = STDOUT_FILENO
            return
        }
        // Contacts, and secrets: nobody else's to read.
        descriptor = open(partial, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Failure("can't write \(path): \(String(cString: strerror(errno)))", .failure)
        }
    }

    func write(_ bytes: [UInt8]) throws {
        if path == nil { return try Terminal.write(String(decoding: bytes, as: UTF8.self)) }
        try bytes.withUnsafeBytes { bytes in
            var rest = bytes
            while !rest.isEmpty {
                let count = Foundation.write(descriptor, rest.baseAddress, rest.count)
                if count < 0, errno == EINTR { continue }
                guard count >= 0 else { throw fault() }
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            }
        }
    }

    /// The backup is whole: gives the file its name, once the disk has it.
    func finish() throws {
        guard let path else { return }
        guard fsync(descriptor) == 0, rename(partial, path) == 0 else { throw fault() }
        isDone = true
        let directory = open(URL(filePath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        if directory >= 0 {
            fsync(directory)
            close(directory)
        }
    }

    private func fault() -> Failure {
        Failure("can't write \(path ?? "the output"): \(String(cString: strerror(errno)))", .failure)
    }

    deinit {
        guard path != nil else { return }
        close(descriptor)
        if !isDone { unlink(partial) }
    }
}
