/// The keys and arguments of a call of a script.
package struct ScriptCall: Sendable {
    let keyCount: Int
    /// The keys, then the arguments. To be appended to: keys first.
    package var arguments: RedisCommand

    /// - Parameter capacity: how many bytes keys and arguments will take, about.
    package init(keyCount: Int, capacity: Int) {
        self.keyCount = keyCount
        arguments = RedisCommand(capacity: capacity)
    }

    package init(keys: [String], arguments: [String]) {
        keyCount = keys.count
        self.arguments = RedisCommand(keys)
        self.arguments.append(contentsOf: arguments)
    }

    /// The call by the script's hash.
    func byHash(_ script: RedisScript) -> RedisCommand { command("EVALSHA", script.hash, script) }

    /// The call with the script's source.
    func bySource(_ script: RedisScript) -> RedisCommand { command("EVAL", script.source, script) }

    private func command(_ name: String, _ text: String, _ script: RedisScript) -> RedisCommand {
        var command = RedisCommand(capacity: arguments.byteCount + text.utf8.count + 64)
        command.append(name)
        command.append(text)
        command.append(keyCount)
        command.append(arguments)
        command.setKeyPlace(3)
        command.needsReplicas = script.needsReplicas
        return command
    }
}
