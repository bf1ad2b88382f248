internal import HeadcountScripts
internal import RedisClient

/// The scripts of `lua/`, ready to be called.
enum LimiterScripts {
    static let activate = RedisScript(name: "activate", source: ScriptSource.activate)
    static let check = RedisScript(name: "check", source: ScriptSource.check)
    static let index = RedisScript(name: "index", source: ScriptSource.index)
    static let plan = RedisScript(name: "plan", source: ScriptSource.plan)
    static let usage = RedisScript(name: "usage", source: ScriptSource.usage)
    static let all = [activate, check, index, plan, usage]

    /// Most contacts in one call, so that none holds Redis for long.
    static let maximumContacts = 512
}
