internal import Foundation
internal import Synchronization

/// A shell that runs the server, in a session of its own so that Ctrl-C doesn't reach it, and ends it when its standard
/// input ends: because this process closed it, or because this process is gone.
final class Supervisor: Sendable {
    // `read` is part of the shell, so the shell collects the server's status only at the end, and the process id stays
    // the server's until then, even when somebody kills it.
    private static let script = """
        directory=$1 keeps=$2
        shift 2
        trap '' HUP INT TERM
        if [ "$keeps" = yes ]; then
            # Held by the server, too, for as long as it lives: nobody else starts one here.
            exec 9>"$directory/redis.lock"
            ! command -v flock >/dev/null || flock -n 9 || exit
        else
            mkdir -m 700 "$directory" || exit
        fi
        "$@" </dev/null >>"$directory/redis.log" 2>&1 &
        server=$!
        echo $server >"$directory/redis.pid.new" && mv "$directory/redis.pid.new" "$directory/redis.pid"
        read -r _
        if [ "$keeps" = yes ]; then
            kill -CONT $server
            kill -TERM $server
            tries=200
            while [ $tries -gt 0 ] && kill -0 $server; do tries=$((tries - 1)); sleep 0.05; done
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

    private let directory: ServerDirectory
    private let running: Mutex<Running?>

    init(
        _ command: [String], environment: [String: String], directory: ServerDirectory
    ) throws(EmbeddedRedisError) {
        self.directory = directory
        unlink(directory.processIDPath)
        let shell = ["/bin/sh", "-c", Self.script, "sh", directory.path, directory.isKept ? "yes" : "no"]
        do {
            running = Mutex(try Self.spawn(shell + command, environment: environment))
        } catch {
            throw EmbeddedRedisError(description: "can't start redis-server: \(error.localizedDescription)")
        }
    }

    private static func spawn(_ arguments: [String], environment: [String: String]) throws(POSIXError) -> Running {
        // A socket pair where a pipe would do: it is closed on `exec` from the start, so that no child that another
        // thread starts at this moment keeps it open.
        var pipe: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &pipe) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        defer { close(pipe[0]) }
        do {
            let shell = try Spawn.start(arguments, environment: environment, input: pipe[0], ownSession: true)
            return Running(shell: shell, pipe: pipe[1])
        } catch {
            close(pipe[1])
            throw error
        }
    }

    /// The server's process id, once it answers.
    func waitUntilReady() async throws -> pid_t {
        let deadline = ContinuousClock.now + .seconds(10)
        while ContinuousClock.now < deadline {
            if let server = serverID {
                if UnixSocket.answersPing(path: directory.socketPath) { return server }
                if hasEnded(server) { break }
            }
            try await Task.sleep(for: .milliseconds(5))
        }
        let log = (try? String(contentsOfFile: directory.logPath, encoding: .utf8)) ?? ""
        let tail = log.split(separator: "\n").suffix(3).joined(separator: " / ")
        throw EmbeddedRedisError(description: "redis-server did not start: \(tail.isEmpty ? "no log" : tail)")
    }

    private var serverID: pid_t? {
        (try? String(contentsOfFile: directory.processIDPath, encoding: .utf8))
            .flatMap { pid_t($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }

    /// Whether the process is gone, or a zombie that the shell will only wait for at the end.
    private func hasEnded(_ server: pid_t) -> Bool {
        guard kill(server, 0) == 0 else { return true }
        let stat = (try? String(contentsOfFile: "/proc/\(server)/stat", encoding: .utf8)) ?? ""
        return stat.contains(") Z ")
    }

    /// Sends a signal to the server, unless it was stopped.
    func signal(_ number: Int32, to server: pid_t) {
        running.withLock { running in
            if running != nil { kill(server, number) }
        }
    }

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
