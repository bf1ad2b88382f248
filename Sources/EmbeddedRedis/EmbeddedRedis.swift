public import Foundation

/// A real redis-server of this process's own, on a private unix socket and directory.
///
///     let redis = try await EmbeddedRedis.start()
///     defer { redis.stop() }
///     let limiter = try await Limiter.connect(to: redis.url)
///
/// It ends, and its directory is removed, with ``stop()``, with the last reference, and when this process dies in any
/// way: a supervising shell waits for the end of a pipe that only this process holds.
public final class EmbeddedRedis: Sendable {
    /// How the server is started.
    public struct Configuration: Sendable {
        /// Whether it listens on a free TCP port of 127.0.0.1, too.
        public var tcp = false
        /// More arguments for redis-server, such as `["--appendonly", "yes"]`; they win over the defaults.
        public var arguments: [String] = []
        /// More environment for redis-server.
        public var environment: [String: String] = [:]
        /// Where its data lives. A directory given here is used and kept; by default it is a temporary one, removed at
        /// the end.
        public var directory: String?
        /// The program to run: a name to be found in `PATH`, or a path.
        public var executable = "redis-server"

        /// The defaults: a unix socket only, nothing saved to disk, the settings of the shipped `redis.conf`.
        public init() {}
    }

    /// Where clients connect, such as `redis+unix:///tmp/headcount-redis-x1/redis.sock`.
    public let url: String
    /// The unix socket.
    public let socketPath: String
    /// The TCP port on 127.0.0.1, if there is one.
    public let port: Int?
    /// Where the server's data, socket and log are.
    public let directory: String
    /// The process id of redis-server itself.
    public let processID: pid_t
    private let supervisor: Supervisor

    private init(directory: String, socketPath: String, port: Int?, processID: pid_t, supervisor: Supervisor) {
        self.directory = directory
        self.socketPath = socketPath
        self.port = port
        self.processID = processID
        self.supervisor = supervisor
        // What has a meaning in a URL is escaped.
        url = "redis+unix://" + (socketPath.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? socketPath)
    }

    /// Starts the server and waits until it answers, ten seconds at most.
    ///
    /// - Throws: ``EmbeddedRedisError`` when redis-server is not installed, or doesn't start; with the end of its log.
    public static func start(configuration: Configuration = Configuration()) async throws -> EmbeddedRedis {
        guard let executable = Executable.find(configuration.executable) else {
            throw EmbeddedRedisError(
                description: "\(configuration.executable) is not installed; "
                    + "install it (Debian: apt-get install redis-server)")
        }
        let directory = try configuration.directory.map(made) ?? temporaryDirectory()
        do {
            return try await start(configuration, executable: executable, directory: directory)
        } catch {
            if configuration.directory == nil { try? FileManager.default.removeItem(atPath: directory) }
            throw error
        }
    }

    private static func start(
        _ configuration: Configuration, executable: String, directory: String
    ) async throws -> EmbeddedRedis {
        let socketPath = directory + "/redis.sock"
        // sockaddr_un has room for 107 bytes and a zero.
        guard socketPath.utf8.count <= 107 else {
            throw EmbeddedRedisError(
                description: "\(socketPath) is too long for a unix socket; use a shorter directory")
        }
        let port = configuration.tcp ? try LoopbackPort.free() : nil
        let defaults = [
            "--port", port.map(String.init) ?? "0", "--bind", "127.0.0.1", "--unixsocket", socketPath,
            "--unixsocketperm", "700", "--dir", directory, "--save", "", "--appendonly", "no",
            "--set-max-intset-entries", "16384", "--maxmemory-policy", "noeviction", "--daemonize", "no",
        ]
        let supervisor = try Supervisor(
            directory: directory, keepsDirectory: configuration.directory != nil,
            command: [executable] + defaults + configuration.arguments, environment: configuration.environment)
        do {
            let processID = try await supervisor.waitUntilReady(socketPath: socketPath)
            return EmbeddedRedis(
                directory: directory, socketPath: socketPath, port: port, processID: processID, supervisor: supervisor)
        } catch {
            supervisor.stop()
            throw error
        }
    }

    deinit { stop() }

    /// Ends the server, frozen or not, and removes its directory unless the caller gave one. May be called twice.
    public func stop() {
        supervisor.stop()
    }

    /// Stops the server's process in its tracks (`SIGSTOP`): connections stay open and nothing is answered.
    public func freeze() {
        if supervisor.isRunning { kill(processID, SIGSTOP) }
    }

    /// Lets a frozen server go on.
    public func thaw() {
        if supervisor.isRunning { kill(processID, SIGCONT) }
    }

    private static func made(_ directory: String) throws -> String {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw EmbeddedRedisError(
                description: "can't make the directory \(directory): \(error.localizedDescription)")
        }
        return directory
    }

    private static func temporaryDirectory() throws -> String {
        let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array((parent + "/headcount-redis-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw EmbeddedRedisError(
                description: "can't make a directory in \(parent): \(String(cString: strerror(errno)))")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
