internal import HeadcountScripts
internal import RedisClient

/// The scripts of `lua/`, ready to be called.
enum LimiterScripts {
    static let activate = RedisScript(source: ScriptSource.activate)
    static let check = RedisScript(source: ScriptSource.check)
    static let index = RedisScript(source: ScriptSource.index)
    static let plan = RedisScript(source: ScriptSource.plan)
    static let usage = RedisScript(source: ScriptSource.usage)

    /// Most contacts in one call, so that none holds Redis for long.
    static let maximumContacts = 512
}
