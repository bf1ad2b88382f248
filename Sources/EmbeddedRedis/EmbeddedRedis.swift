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
        /// Where its data lives. A directory given here is made if need be and kept, and the server is told to end in
        /// good order, so that the next one started there goes on with the data; by default it is a temporary one,
        /// removed at the end.
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

    private init(directory: ServerDirectory, port: Int?, processID: pid_t, supervisor: Supervisor) {
        self.directory = directory.path
        socketPath = directory.socketPath
        // What has a meaning in a URL is escaped.
        url = "redis+unix://" + (socketPath.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? socketPath)
        self.port = port
        self.processID = processID
        self.supervisor = supervisor
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
        let port = configuration.tcp ? try LoopbackPort.free() : nil
        let directory = try ServerDirectory(configuration.directory)
        try await directory.waitUntilUnused()
        let defaults = [
            "--port", port.map(String.init) ?? "0", "--bind", "127.0.0.1", "--unixsocket", directory.socketPath,
            "--unixsocketperm", "700", "--dir", directory.path, "--save", "", "--appendonly", "no",
            "--set-max-intset-entries", "16384", "--maxmemory-policy", "noeviction", "--daemonize", "no",
        ]
        let supervisor = try Supervisor(
            [executable] + defaults + configuration.arguments, environment: configuration.environment,
            directory: directory)
        do {
            let processID = try await supervisor.waitUntilReady()
            return EmbeddedRedis(directory: directory, port: port, processID: processID, supervisor: supervisor)
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
        supervisor.signal(SIGSTOP, to: processID)
    }

    /// Lets a frozen server go on.
    public func thaw() {
        supervisor.signal(SIGCONT, to: processID)
    }
}
