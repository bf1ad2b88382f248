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

    /// `name` is `EVALSHA` or `EVAL`, `script` the hash or the source.
    func command(_ name: String, _ script: String) -> RedisCommand {
        var command = RedisCommand(capacity: arguments.byteCount + script.utf8.count + 64)
        command.append(name)
        command.append(script)
        command.append(keyCount)
        command.append(arguments)
        command.setKeyPlace(3)
        return command
    }
}
