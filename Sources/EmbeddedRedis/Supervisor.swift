internal import Foundation
internal import Synchronization

/// A shell that runs the server, in a session of its own so that Ctrl-C doesn't reach it, and ends it when its standard
/// input ends: because this process closed it, or because this process is gone.
final class Supervisor: Sendable {
    private static let script = """
        directory=$1 keeps=$2
        shift 2
        "$@" </dev/null >>"$directory/redis.log" 2>&1 &
        server=$!
        echo $server >"$directory/redis.pid.new" && mv "$directory/redis.pid.new" "$directory/redis.pid"
        cat >/dev/null
        if [ "$keeps" = yes ]; then
            kill -CONT $server
            kill -TERM $server
            for i in 1 2 3 4 5 6 7 8 9 10; do kill -0 $server && sleep 0.2; done
        fi
        kill -KILL $server
        wait $server
        [ "$keeps" = yes ] || rm -rf "$directory"
        """

    private struct Running {
        let shell: pid_t
        /// This process's end of the pipe. Nobody else has it: it is closed on `exec`.
        let pipe: Int32
    }

    /// `POSIX_SPAWN_SETSID` of spawn.h, which Glibc's module leaves out.
    private static let inSessionOfItsOwn: Int16 = 0x80

    private let directory: String
    private let running: Mutex<Running?>

    init(
        directory: String, keepsDirectory: Bool, command: [String], environment: [String: String]
    ) throws(EmbeddedRedisError) {
        self.directory = directory
        unlink(directory + "/redis.pid")
        let arguments = ["/bin/sh", "-c", Self.script, "sh", directory, keepsDirectory ? "yes" : "no"] + command
        let environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        running = Mutex(try Self.spawn(arguments, environment: environment))
    }

    private static func spawn(
        _ arguments: [String], environment: [String]
    ) throws(EmbeddedRedisError) -> Running {
        // A socket pair where a pipe would do: it is closed on `exec` from the start, so that no child that another
        // thread starts at this moment keeps it open.
        var pipe: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pipe) == 0 else {
            throw failure(errno)
        }
        defer { close(pipe[0]) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, pipe[0], STDIN_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setflags(&attributes, inSessionOfItsOwn)

        var shell: pid_t = 0
        let argv = arguments.map { strdup($0) } + [nil]
        let envp = environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        let status = posix_spawn(&shell, "/bin/sh", &actions, &attributes, argv, envp)
        guard status == 0 else {
            close(pipe[1])
            throw failure(status)
        }
        return Running(shell: shell, pipe: pipe[1])
    }

    private static func failure(_ code: Int32) -> EmbeddedRedisError {
        EmbeddedRedisError(description: "can't start redis-server: \(String(cString: strerror(code)))")
    }

    /// The server's process id, once it answers.
    func waitUntilReady(socketPath: String) async throws -> pid_t {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if let server = serverID {
                if UnixSocket.answersPing(path: socketPath) { return server }
                if hasEnded(server) { break }
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        let log = (try? String(contentsOfFile: directory + "/redis.log", encoding: .utf8)) ?? ""
        let tail = log.split(separator: "\n").suffix(3).joined(separator: " / ")
        throw EmbeddedRedisError(description: "redis-server did not start: \(tail.isEmpty ? "no log" : tail)")
    }

    private var serverID: pid_t? {
        (try? String(contentsOfFile: directory + "/redis.pid", encoding: .utf8))
            .flatMap { pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// Whether the process is gone, or a zombie that the shell will only wait for at the end.
    private func hasEnded(_ server: pid_t) -> Bool {
        guard kill(server, 0) == 0 else { return true }
        let stat = (try? String(contentsOfFile: "/proc/\(server)/stat", encoding: .utf8)) ?? ""
        return stat.contains(") Z ")
    }

    /// False once it was stopped: the server's process id may be somebody else's then.
    var isRunning: Bool { running.withLock { $0 != nil } }

    func stop() {
        let stopped = running.withLock { running in
            defer { running = nil }
            return running
        }
        guard let stopped else { return }
        close(stopped.pipe)
        while waitpid(stopped.shell, nil, 0) < 0 && errno == EINTR {}
    }
}
