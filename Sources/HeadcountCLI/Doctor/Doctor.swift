import Foundation
import Headcount
import RedisClient

/// Looks at a Redis with the eyes of somebody who is about to bill by it.
struct Doctor {
    let limiter: Limiter

    func examine() async throws -> [Finding] {
        let servers = try await limiter.masters()
        var findings: [Finding] = []
        for server in servers {
            let name = servers.count > 1 ? server.address.description : nil
            findings += try await examine(server).map { $0.at(name) }
        }
        return findings + [try await latency()]
    }

    private func examine(_ server: RedisServer) async throws -> [Finding] {
        // A user who may not see INFO can still work: what can't be found out is said to be unknown.
        let info = ServerInfo((try? await limiter.send(["INFO"], to: server).text) ?? "")
        let durability = Self.durability(info, limiter.durability)
        return [
            Self.version(info), Self.role(info), Self.eviction(info), Self.memory(info), Self.persistence(info),
            await intset(server), try await clock(server), await defaultUser(server, info),
        ] + [durability].compactMap { $0 }
    }

    /// Nil if nobody waits for replicas.
    static func durability(_ info: ServerInfo, _ durability: Durability) -> Finding? {
        guard case .replicated(let needed) = durability else { return nil }
        guard let count = info["connected_slaves"].flatMap({ Int($0) }) else {
            return Finding(check: "durability", status: .unknown, detail: "INFO has no connected_slaves")
        }
        return count >= needed
            ? Finding(
                check: "durability", status: count > needed ? .ok : .warning,
                detail: "replicated:\(needed), \(count) replicas"
                    + (count > needed ? "" : ": nothing can be counted while one of them is away"))
            : Finding(
                check: "durability", status: .problem,
                detail: "replicated:\(needed), but \(count) replicas: nothing can be counted")
    }

    static func memory(_ info: ServerInfo) -> Finding {
        guard let used = info["used_memory"].flatMap({ Int($0) }), let most = info["maxmemory"].flatMap({ Int($0) })
        else {
            return Finding(check: "memory", status: .unknown, detail: "INFO has no used_memory")
        }
        if most == 0 {
            return Finding(check: "memory", status: .ok, detail: "\(used / 1_048_576) MiB used, no maxmemory")
        }
        let percent = used * 100 / most
        let detail = "\(percent) % of maxmemory used"
        if percent >= 100 {
            return Finding(
                check: "memory", status: .problem, detail: "\(detail): new contacts can't be counted; raise it")
        }
        return Finding(check: "memory", status: percent < 80 ? .ok : .warning, detail: detail)
    }

    static func version(_ info: ServerInfo) -> Finding {
        let name = info["server_name"] == "valkey" ? "Valkey" : "Redis"
        let version = info["valkey_version"] ?? info["redis_version"] ?? "INFO is not permitted"
        let numbers = version.split(separator: ".").prefix(2).compactMap { Int($0) }
        guard numbers.count == 2 else { return Finding(check: "version", status: .unknown, detail: version) }
        let isEnough = (numbers[0], numbers[1]) >= (6, 2)
        return Finding(
            check: "version", status: isEnough ? .ok : .problem,
            detail: isEnough ? "\(name) \(version)" : "\(name) \(version); the scripts need 6.2 or later")
    }

    static func role(_ info: ServerInfo) -> Finding {
        guard let role = info["role"] else {
            return Finding(check: "role", status: .unknown, detail: "INFO has no role")
        }
        return role == "master"
            ? Finding(check: "role", status: .ok, detail: "primary, \(info["connected_slaves"] ?? "0") replicas")
            : Finding(check: "role", status: .problem, detail: "\(role); connect to the primary")
    }

    static func eviction(_ info: ServerInfo) -> Finding {
        guard let policy = info["maxmemory_policy"] else {
            return Finding(check: "eviction", status: .unknown, detail: "INFO has no maxmemory_policy")
        }
        return policy == "noeviction"
            ? Finding(check: "eviction", status: .ok, detail: "maxmemory-policy noeviction")
            : Finding(
                check: "eviction", status: .problem,
                detail: "maxmemory-policy \(policy) may drop counted contacts; set noeviction")
    }

    static func persistence(_ info: ServerInfo) -> Finding {
        guard let isOn = info["aof_enabled"] else {
            return Finding(check: "persistence", status: .unknown, detail: "INFO has no aof_enabled")
        }
        if isOn == "1" {
            let isHealthy = info["aof_last_write_status"] != "err"
            return Finding(
                check: "persistence", status: isHealthy ? .ok : .problem,
                detail: isHealthy ? "append-only file is on" : "the last write to the append-only file failed")
        }
        return Finding(
            check: "persistence", status: .warning,
            detail: "append-only file is off: a restart loses what was counted since the last snapshot; "
                + "set appendonly yes")
    }

    private func intset(_ server: RedisServer) async -> Finding {
        let name = "set-max-intset-entries"
        guard let value = try? await limiter.send(["CONFIG", "GET", name], to: server).fields?[name],
            let entries = Int(value)
        else {
            return Finding(check: "intset", status: .unknown, detail: "CONFIG GET \(name) is not permitted")
        }
        return entries >= 16_384
            ? Finding(check: "intset", status: .ok, detail: "\(name) \(entries)")
            : Finding(
                check: "intset", status: .warning,
                detail: "\(name) \(entries): sets of integer ids above it take 9 times the memory; set 16384")
    }

    /// While Redis loads its append-only file it acts as the default user, and leaves out each transaction, such as what a
    /// script wrote, that this user may not run (redis/redis#14541).
    private func defaultUser(_ server: RedisServer, _ info: ServerInfo) async -> Finding {
        let name = "default-user"
        let reply = try? await limiter.send(["ACL", "GETUSER", "default"], to: server).elements
        guard let reply, let rules = DefaultUser(reply) else {
            return Finding(check: name, status: .unknown, detail: "ACL GETUSER is not permitted")
        }
        if rules.mayDoEverything { return Finding(check: name, status: .ok, detail: "may load all of the data") }
        let remedy = "keep it out without taking its permissions: user default off ~* &* +@all"
        return info["aof_enabled"] == "1"
            ? Finding(
                check: name, status: .problem,
                detail: "it is restricted, so that Redis may lose what was counted when it loads its append-only file; "
                    + remedy)
            : Finding(
                check: name, status: .warning, detail: "it is restricted; before setting appendonly yes, " + remedy)
    }

    private func clock(_ server: RedisServer) async throws -> Finding {
        let before = Date()
        let parts = try await limiter.send(["TIME"], to: server).elements ?? []
        let middle = (before.timeIntervalSince1970 + Date().timeIntervalSince1970) / 2
        guard parts.count == 2, let seconds = parts[0].integer, let micros = parts[1].integer else {
            return Finding(check: "clock", status: .unknown, detail: "TIME gave no time")
        }
        let ahead = Double(seconds) + Double(micros) / 1e6 - middle
        let amount =
            "Redis's clock is \(Self.rounded(abs(ahead))) s \(ahead < 0 ? "behind" : "ahead of") this machine's"
        return abs(ahead) < 2
            ? Finding(check: "clock", status: .ok, detail: amount)
            : Finding(
                check: "clock", status: .warning, detail: "\(amount); Redis's decides when a month ends: check NTP")
    }

    private func latency() async throws -> Finding {
        var times: [Double] = []
        for _ in 0..<101 {
            let started = ContinuousClock.now
            _ = try await limiter.usage(of: "headcount-doctor")
            times.append((ContinuousClock.now - started) / .milliseconds(1))
        }
        times.sort()
        let detail = "script call p50 \(Self.rounded(times[50])) ms, p99 \(Self.rounded(times[99])) ms"
        return Finding(check: "latency", status: times[50] < 10 ? .ok : .warning, detail: detail)
    }

    private static func rounded(_ number: Double) -> String {
        String(format: "%.2f", number)
    }
}

/// The fields of Redis's `INFO`.
struct ServerInfo {
    private let fields: [Substring: Substring]

    init(_ text: String) {
        var fields: [Substring: Substring] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon]] = line[line.index(after: colon)...]
        }
        self.fields = fields
    }

    subscript(_ name: Substring) -> String? { fields[name].map(String.init) }
}
