package import Foundation

/// Starts programs with three standard streams and nothing else of this process's.
///
/// A plain `posix_spawn` from a Swift task passes on more: the signal mask of libdispatch's threads, in which SIGTERM is
/// blocked, and every descriptor that isn't closed on `exec`, such as SwiftNIO's sockets, which then stay open when this
/// process closes them.
package enum Spawn {
    /// `POSIX_SPAWN_SETSID` of spawn.h, which Glibc's module leaves out.
    private static let setSession: Int16 = 0x80

    /// Starts a program and returns its process id.
    ///
    /// - Parameters:
    ///   - arguments: the program, a name to be found in `PATH` or a path, and its arguments.
    ///   - environment: added to this process's.
    ///   - input: the descriptor that becomes its standard input; nil for none.
    ///   - output: the file that its standard output is added to.
    ///   - errors: the file that its standard error is added to.
    ///   - ownSession: whether it leaves this process's terminal, and so Ctrl-C.
    package static func start(
        _ arguments: [String], environment: [String: String] = [:], input: Int32? = nil, output: String = "/dev/null",
        errors: String = "/dev/null", ownSession: Bool = false
    ) throws(POSIXError) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        } else {
            posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        }
        for (descriptor, path) in [(STDOUT_FILENO, output), (STDERR_FILENO, errors)] {
            posix_spawn_file_actions_addopen(&actions, descriptor, path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        }
        for descriptor in inheritedDescriptors() { posix_spawn_file_actions_addclose(&actions, descriptor) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        let flags = Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, flags | (ownSession ? setSession : 0))

        let environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        let argv = arguments.map { strdup($0) } + [nil]
        let envp = environment.map { strdup($0) } + [nil]
        defer { for pointer in argv + envp { free(pointer) } }
        var id: pid_t = 0
        let result = posix_spawnp(&id, arguments[0], &actions, &attributes, argv, envp)
        guard result == 0 else { throw POSIXError(POSIXErrorCode(rawValue: result) ?? .EIO) }
        return id
    }

    /// What is open besides the standard streams, and some more that other threads may open just now.
    private static func inheritedDescriptors() -> Range<Int32> {
        let open = (try? FileManager.default.contentsOfDirectory(atPath: "/dev/fd")) ?? []
        let highest = open.compactMap { Int32($0) }.max() ?? STDERR_FILENO
        return STDERR_FILENO + 1..<min(highest + 64, getdtablesize())
    }
}
