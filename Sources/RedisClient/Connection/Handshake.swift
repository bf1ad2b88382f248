/// What is said on a new connection before any caller's command: who we are, which database, our name. A value
/// without I/O: commands to write at once, then one reply after the other.
struct Handshake {
    private enum Step: Equatable {
        case authenticate
        case select(Int)
        case checkRole
        case setName
    }

    enum Progress: Equatable {
        case more
        case done
        case failed(RedisError)
    }

    let commands: [RedisCommand]
    private var steps: ArraySlice<Step>
    private let role: ServerRole
    private let server: String

    init(url: RedisURL, server: ServerAddress, role: ServerRole, clientName: String) {
        var commands: [RedisCommand] = []
        var steps: [Step] = []
        if let password = url.password {
            commands.append(RedisCommand(["AUTH"] + (url.user.map { [$0] } ?? []) + [password]))
            steps.append(.authenticate)
        }
        if url.database != 0, role != .sentinel {
            commands.append(["SELECT", String(url.database)])
            steps.append(.select(url.database))
        }
        if role == .namedMaster {
            commands.append(["ROLE"])
            steps.append(.checkRole)
        }
        // Last, and always there: a server that wants a password says so in reply to it.
        commands.append(["CLIENT", "SETNAME", clientName])
        steps.append(.setName)
        self.commands = commands
        self.steps = steps[...]
        self.role = role
        self.server = server.description
    }

    mutating func received(_ reply: RedisValue) -> Progress {
        guard let step = steps.popFirst() else { return .done }
        if case .error(let text) = reply {
            if let error = failure(of: step, RedisError.withoutArguments(text)) { return .failed(error) }
        } else if step == .checkRole, reply.elements?.first?.text != "master" {
            return .failed(RedisError(.connectionFailed, "\(server) is no master (any more)"))
        }
        return steps.isEmpty ? .done : .more
    }

    private func failure(of step: Step, _ text: String) -> RedisError? {
        if RedisError.passingCodes.contains(String(text.prefix { $0 != " " })) {
            return RedisError(.connectionFailed, "\(server) is not ready: \(text)")
        }
        if text.hasPrefix("ERR max number of clients") {
            return RedisError(.connectionFailed, "\(server) takes no more connections: \(text)")
        }
        if text.hasPrefix("NOAUTH") {
            return RedisError(.handshakeRefused, "\(server) wants a user and password: \(text)")
        }
        if text.hasPrefix("DENIED") {
            return RedisError(.handshakeRefused, "\(server) refused this client: \(text.prefix(80))…")
        }
        switch step {
        case .authenticate where role == .sentinel:
            // The password is the data's; a sentinel that wants one of its own says so when it is asked.
            return nil
        case .authenticate:
            return RedisError(.handshakeRefused, "\(server) refused the user or password: \(text)")
        case .select(let database):
            return RedisError(.handshakeRefused, "\(server) refused database \(database): \(text)")
        case .checkRole:
            return RedisError(.handshakeRefused, "\(server) doesn't tell its role: \(text)")
        case .setName:
            // Only a help for ops in CLIENT LIST: a user who may not set it can still work.
            return nil
        }
    }
}
