internal import Foundation

/// Where a server's data, socket, process id and log are.
struct ServerDirectory {
    let path: String
    /// Whether it is the caller's, to be left alone at the end.
    let isKept: Bool

    var socketPath: String { Self.socketPath(in: path) }
    var logPath: String { path + "/redis.log" }
    var processIDPath: String { path + "/redis.pid" }

    /// Uses the caller's directory, made if need be, or names a temporary one.
    init(_ given: String?) throws(EmbeddedRedisError) {
        isKept = given != nil
        path = if let given { try Self.make(given) } else { try Self.nameTemporary() }
    }

    private static func make(_ given: String) throws(EmbeddedRedisError) -> String {
        let path = URL(filePath: given).standardizedFileURL.path
        guard fitsSocketAddress(path) else {
            throw EmbeddedRedisError(
                description: "\(socketPath(in: path)) is too long for a unix socket; use a shorter directory")
        }
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw EmbeddedRedisError(description: "can't make the directory \(path): \(error.localizedDescription)")
        }
        return path
    }

    /// Waits until no other server is at work here, five seconds at most: the one before may still be ending.
    func waitUntilUnused() async throws {
        guard isKept else { return }
        let descriptor = open(path + "/redis.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw EmbeddedRedisError(description: "can't write in \(path): \(String(cString: strerror(errno)))")
        }
        // Gives the lock up again; the supervisor takes it.
        defer { close(descriptor) }
        let deadline = ContinuousClock.now + .seconds(5)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard ContinuousClock.now < deadline else {
                throw EmbeddedRedisError(description: "\(path) is in use by another process's redis-server")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Only a name: the supervisor makes the directory, so that it is removed even when this process dies now.
    private static func nameTemporary() throws(EmbeddedRedisError) -> String {
        let name = "/headcount-redis-" + String(UInt64.random(in: 0..<1 << 48), radix: 36)
        let wanted = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        let parent = fitsSocketAddress(wanted + name) ? wanted : "/tmp"
        guard access(parent, W_OK | X_OK) == 0 else {
            throw EmbeddedRedisError(
                description: "can't make a directory in \(parent): \(String(cString: strerror(errno)))")
        }
        return parent + name
    }

    private static func socketPath(in directory: String) -> String { directory + "/redis.sock" }

    /// `sockaddr_un` has room for 107 bytes and a zero.
    private static func fitsSocketAddress(_ directory: String) -> Bool {
        socketPath(in: directory).utf8.count <= 107
    }
}
