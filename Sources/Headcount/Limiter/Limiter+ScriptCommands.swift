internal import RedisClient

extension Limiter {
    /// The commands of which only some subcommands are asked for.
    private static let containers: Set = ["xgroup"]

    /// The Redis commands that a script of `lua/` calls, as an ACL names them: `hget`, `xgroup|create`. By its source, so that
    /// it can't be out of date; a test holds that each call in it names its command. Empty for a script that there isn't.
    package static func commands(ofScript name: String) -> Set<String> {
        let source = LimiterScripts.all.first { $0.name == name }?.source ?? ""
        return Set(
            source.matches(of: /redis\.call\(\s*'(\w+)'(?:\s*,\s*'(\w+)')?/).map { call in
                let command = call.1.lowercased()
                guard containers.contains(command), let subcommand = call.2 else { return command }
                return "\(command)|\(subcommand.lowercased())"
            })
    }
}
