import Headcount

/// What a command of `headcount` asks Redis for, so that a user can be made who may do that and nothing else.
struct RedisNeeds {
    /// As it is called: `plan set`.
    let command: String
    /// Scripts of `lua/` that it runs. What those call is read from their sources.
    let scripts: [String]
    /// Redis commands that it sends as they are, in the words of an ACL: `config|get`.
    private let sends: [String]
    /// What else it sends to a Redis Cluster.
    let sendsToClusters: [String]

    private init(
        _ command: String, scripts: String = "", sends: String = "", sendsToClusters: String = "",
        all others: [RedisNeeds] = []
    ) {
        self.command = command
        self.sendsToClusters = sendsToClusters.split(separator: " ").map(String.init)
        self.scripts = scripts.split(separator: " ").map(String.init) + others.flatMap(\.scripts)
        self.sends = sends.split(separator: " ").map(String.init) + others.flatMap(\.sends)
    }

    /// The Redis commands that its user needs, in the words of an ACL.
    var permissions: Set<String> {
        var permissions = Set(sends).union(["client|setname", "ping"])
        if !scripts.isEmpty { permissions.formUnion(["eval", "evalsha"]) }
        return scripts.reduce(into: permissions) { $0.formUnion(Limiter.commands(ofScript: $1)) }
    }

    /// What is told of an account's period when its members may have expired.
    private static let past = "hgetall pfcount scard"

    private static let commandLine: [RedisNeeds] = [
        .init("activate", scripts: "activate hurry index usage"),
        .init("reserve", scripts: "index reserve usage"),
        .init("confirm", scripts: "hurry settle"),
        .init("release", scripts: "settle"),
        .init("usage", scripts: "usage", sends: past),
        .init("history", scripts: "usage", sends: "\(past) xrevrange"),
        .init("plan show", scripts: "plan", sends: "xrevrange"),
        .init("plan set", scripts: "hurry index plan"),
        .init("contacts list", scripts: "usage", sends: "\(past) sscan"),
        .init("contacts check", scripts: "check"),
        .init(
            "contacts erase", scripts: "erase forget usage",
            sends: "exists hkeys hscan unlink xdel xrange xrevrange zrange zrem"),
        .init("contacts merge", scripts: "merge", sends: "hget hscan"),
        .init("accounts", scripts: "index usage", sends: "exists scan sscan time"),
        .init("account remove", sends: "hdel hgetall hkeys hscan scan set srem time unlink zrange zrem"),
        .init("keys", scripts: "usage", sends: "pttl"),
        .init("journal replay", scripts: "hurry index journal usage", sends: "exists get time"),
        .init(
            "backup", scripts: "peek",
            sends: "get hscan info lrange pttl scan smismember sscan time type xrange zscan",
            sendsToClusters: "cluster|nodes"),
        .init(
            "restore", scripts: "hurry index requeue restore scenario slots tally usage",
            sends: "exists get hdel hexists hget hgetall hincrby hkeys hlen hmget hscan hset hsetnx scan set srem time "
                + "unlink zrange zrem zscan zscore"),
        .init(
            "audit", scripts: "hurry index relink slots tally usage",
            sends: "expireat hget hgetall hlen hmget hscan hsetnx persist pttl scan sismember time type xlen zscan "
                + "zscore"),
        .init("campaign start", scripts: "campaign check hurry load usage", sends: "hgetall time zcard"),
        .init("campaign status", scripts: "plan", sends: "hgetall zcard"),
        .init("campaign list", scripts: "plan", sends: "hgetall zcard zrevrange"),
        .init("campaign pause", scripts: "campaign", sends: "hgetall zcard"),
        .init("campaign resume", scripts: "campaign hurry", sends: "hgetall zcard"),
        .init("campaign cancel", scripts: "campaign", sends: "hgetall zcard"),
        .init("campaign report", sends: "hgetall hscan zcard"),
        .init("campaign retry", scripts: "hurry retry", sends: "hgetall hscan zcard"),
        .init("scenario add", scripts: "progress scenario"),
        .init("scenario list", scripts: "plan progress", sends: "hgetall"),
        .init("scenario show", scripts: "plan progress"),
        .init("scenario remove", scripts: "scenario", sends: "zrem"),
        .init("scenario enable", scripts: "hurry progress scenario"),
        .init("scenario disable", scripts: "progress scenario"),
        .init(
            "scenario runs", scripts: "plan progress usage",
            sends: "hget hgetall hmget hscan lrange time xrevrange zscore"),
        .init("channel link", sends: "hdel hget hgetall hset hsetnx"),
        .init("channel unlink", sends: "hdel hexists hget hgetall"),
        .init("channel list", sends: "hgetall"),
        .init("dead list", scripts: "plan", sends: "scan xlen xrevrange"),
        .init("dead show", scripts: "plan", sends: "xrange"),
        .init("dead replay", scripts: "hurry revive", sends: "xrange"),
        .init("dead purge", sends: "time xdel xrange"),
        .init("notices list", scripts: "plan", sends: "hgetall xrange xrevrange"),
        .init("notices resend", scripts: "hurry", sends: "expireat hgetall xadd xrange xrevrange"),
        .init("notices set", sends: "hdel hmget hset"),
        .init("notices show", sends: "hmget"),
        .init("notices test", scripts: "usage", sends: "hmget"),
        .init("api-key create", sends: "hset time"),
        .init("api-key list", sends: "hgetall"),
        .init("api-key revoke", sends: "hdel"),
        .init("doctor", scripts: "usage", sends: "acl|getuser config|get info time"),
    ]

    /// Notices are delivered by servers and workers alike.
    private static let courier = RedisNeeds(
        "", scripts: "defer deliver due hurry index sweep",
        sends: "exists hgetall hmget scan sscan time xlen xrange zrem")

    /// What only people do, at a command line.
    private static let notServed: Set = ["journal replay", "backup", "restore", "audit", "api-key create", "doctor"]

    /// The commands that ask Redis, in the order of `headcount --help`. Those that are left out ask none, or one of their own.
    static let all: [RedisNeeds] =
        commandLine + [
            .init(
                "serve", scripts: "trigger", sends: "exists hget hmget lrange set xlen zrange zscore",
                all: [courier] + commandLine.filter { !notServed.contains($0.command) }),
            .init(
                "worker", scripts: "advance claim reserve settle", sends: "srandmember zrange", all: [courier]),
        ]

    /// Those that words such as `serve`, `plan set` or `plan`, for all of its subcommands, name.
    static func named(_ words: [String]) throws -> [RedisNeeds] {
        var found: [RedisNeeds] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            if let next = rest.first, let needs = all.first(where: { $0.command == "\(word) \(next)" }) {
                rest.removeFirst()
                found.append(needs)
                continue
            }
            let group = all.filter { $0.command == word || $0.command.hasPrefix("\(word) ") }
            if group.isEmpty {
                throw Failure(
                    "--acl '\(word.printable)': no command of headcount that asks a Redis with users; "
                        + "without one, `headcount doctor --acl` prints them all", .usage)
            }
            found += group
        }
        return found
    }
}
