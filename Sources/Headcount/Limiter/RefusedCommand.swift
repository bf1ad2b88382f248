internal import RedisClient

extension RedisError {
    /// With the command that the user's ACL refused inside the script, and the script's name. Up to version 7.0, Redis names
    /// but the line, which may have more than one command.
    func naming(commandOf script: RedisScript) -> RedisError {
        guard code == .server("NOPERM"), let number = message.firstMatch(of: /user_script:(\d+)/).flatMap({ Int($0.1) })
        else { return self }
        let lines = script.source.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.indices.contains(number - 1) else { return self }
        let names = lines[number - 1].matches(of: /redis\.call\('(\w+)'/).map { "'\($0.1.lowercased())'" }
        if names.isEmpty { return self }
        return RedisError(
            code, "NOPERM no permission to run \(names.joined(separator: " or ")) in \(script.name).lua: \(message)",
            mayHaveExecuted: mayHaveExecuted)
    }
}
