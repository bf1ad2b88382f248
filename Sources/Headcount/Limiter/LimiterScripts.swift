internal import HeadcountScripts
internal import RedisClient

/// The scripts of `lua/`, ready to be called.
enum LimiterScripts {
    static let activate = RedisScript(name: "activate", source: ScriptSource.activate)
    static let advance = RedisScript(name: "advance", source: ScriptSource.advance)
    static let campaign = RedisScript(name: "campaign", source: ScriptSource.campaign)
    static let check = RedisScript(name: "check", source: ScriptSource.check, needsReplicas: false)
    static let claim = RedisScript(name: "claim", source: ScriptSource.claim)
    static let `defer` = RedisScript(name: "defer", source: ScriptSource.`defer`)
    static let deliver = RedisScript(name: "deliver", source: ScriptSource.deliver)
    static let due = RedisScript(name: "due", source: ScriptSource.due)
    static let erase = RedisScript(name: "erase", source: ScriptSource.erase)
    static let forget = RedisScript(name: "forget", source: ScriptSource.forget)
    static let hurry = RedisScript(name: "hurry", source: ScriptSource.hurry)
    static let index = RedisScript(name: "index", source: ScriptSource.index, needsReplicas: false)
    static let journal = RedisScript(name: "journal", source: ScriptSource.journal)
    static let load = RedisScript(name: "load", source: ScriptSource.load)
    static let merge = RedisScript(name: "merge", source: ScriptSource.merge)
    static let peek = RedisScript(name: "peek", source: ScriptSource.peek, needsReplicas: false)
    static let plan = RedisScript(name: "plan", source: ScriptSource.plan)
    static let progress = RedisScript(name: "progress", source: ScriptSource.progress, needsReplicas: false)
    static let relink = RedisScript(name: "relink", source: ScriptSource.relink)
    static let requeue = RedisScript(name: "requeue", source: ScriptSource.requeue)
    static let reserve = RedisScript(name: "reserve", source: ScriptSource.reserve)
    static let restore = RedisScript(name: "restore", source: ScriptSource.restore)
    static let retry = RedisScript(name: "retry", source: ScriptSource.retry)
    static let revive = RedisScript(name: "revive", source: ScriptSource.revive)
    static let scenario = RedisScript(name: "scenario", source: ScriptSource.scenario)
    static let settle = RedisScript(name: "settle", source: ScriptSource.settle)
    static let slots = RedisScript(name: "slots", source: ScriptSource.slots)
    static let sweep = RedisScript(name: "sweep", source: ScriptSource.sweep)
    static let tally = RedisScript(name: "tally", source: ScriptSource.tally)
    static let trigger = RedisScript(name: "trigger", source: ScriptSource.trigger)
    static let usage = RedisScript(name: "usage", source: ScriptSource.usage, needsReplicas: false)
    static let all = [
        activate, advance, campaign, check, claim, `defer`, deliver, due, erase, forget, hurry, index, journal, load,
        merge, peek, plan, progress, relink, requeue, reserve, restore, retry, revive, scenario, settle, slots, sweep,
        tally, trigger, usage,
    ]

    /// Most contacts in one call, so that none holds Redis for long.
    static let maximumContacts = 512
}
