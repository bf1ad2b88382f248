internal import Foundation
internal import RedisClient

/// Reads a key's content in pages, so that neither Redis nor this process holds much of it at a time.
struct KeyContent {
    let limiter: Limiter
    let key: StoredKey
    private let full: [UInt8]
    let type: RedisType
    /// In epoch milliseconds; nil: never.
    let expires: Int?

    private var runner: ScriptRunner { limiter.runner }

    /// Nil if the key is gone, or of a type that Headcount doesn't use.
    init?(_ key: StoredKey, of limiter: Limiter) async throws {
        self.limiter = limiter
        self.key = key
        let full = key.full(prefix: limiter.keys.prefix)
        self.full = full
        async let type = limiter.runner.send(Self.command("TYPE", full))
        async let left = limiter.runner.send(Self.command("PTTL", full))
        guard let type = RedisType(rawValue: try await type.text ?? ""), let left = try await left.integer, left != -2
        else { return nil }
        self.type = type
        // To the second, as the scripts set it: the time that this takes is not to make it later each time.
        let now = limiter.serverTime.timeIntervalSince1970 * 1_000
        expires = left < 0 ? nil : Int(((now + Double(left)) / 1_000).rounded()) * 1_000
    }

    /// - Parameter pattern: of sets only: which members.
    func forEachPage(matching pattern: String? = nil, _ visit: ([[BackupBytes]]) async throws -> Void) async throws {
        switch type {
        case .set, .zset, .hash:
            let name = type == .set ? "SSCAN" : type == .zset ? "ZSCAN" : "HSCAN"
            let suffix = pattern.map { ["MATCH", $0] } ?? []
            try await limiter.scanValues(
                Self.command(name, full), suffix: suffix, count: BackupWriter.pageElements
            ) { page in
                try await Self.split(Self.elements(page, width: type.width ?? 1), visit)
            }
        case .list:
            try await forEachPage { from in
                ("LRANGE", [String(from), String(from + BackupWriter.pageElements - 1)])
            } visit: { page in
                try await Self.split(Self.elements(page, width: 1), visit)
            }
        case .stream:
            try await forEachEntryPage(visit)
        case .string:
            guard let value = try await runner.send(Self.command("GET", full)).bytes else { return }
            try await visit([[BackupBytes(value)]])
        }
    }

    private func forEachPage(
        _ command: (Int) -> (String, [String]), visit: ([RedisValue]) async throws -> Void
    ) async throws {
        var from = 0
        while true {
            let (name, arguments) = command(from)
            let page = try await runner.send(Self.command(name, full, arguments)).elements ?? []
            if page.isEmpty { return }
            try await visit(page)
            from += page.count
        }
    }

    /// A stream without entries has one empty page: it is there.
    private func forEachEntryPage(_ visit: ([[BackupBytes]]) async throws -> Void) async throws {
        var from = "-"
        while true {
            let reply = try await runner.send(
                Self.command("XRANGE", full, [from, "+", "COUNT", String(BackupWriter.pageElements)]))
            let entries = (reply.elements ?? []).compactMap { entry -> [BackupBytes]? in
                guard let parts = entry.elements, parts.count == 2, let id = parts[0].bytes,
                    let fields = parts[1].elements
                else { return nil }
                return [BackupBytes(id)] + fields.compactMap(\.bytes).map(BackupBytes.init)
            }
            guard let last = entries.last?.first?.text else {
                if from == "-" { try await visit([]) }
                return
            }
            try await Self.split(entries, visit)
            from = "(\(last)"
        }
    }

    /// What the same fields have in this hash and in another one, at one moment.
    func values(of fields: [BackupBytes], and other: StoredKey) async throws -> (own: [[UInt8]?], other: [[UInt8]?]) {
        var call = ScriptCall(keyCount: 2, capacity: 64 * fields.count)
        call.arguments.append(bytes: full)
        call.arguments.append(bytes: other.full(prefix: limiter.keys.prefix))
        for field in fields { call.arguments.append(bytes: field.bytes) }
        let made = call
        let (reply, _) = try await runner.run(LimiterScripts.peek, for: "") { _ in made }
        guard let hashes = reply.elements, hashes.count == 2, let own = hashes[0].elements,
            let other = hashes[1].elements, own.count == fields.count, other.count == fields.count
        else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to peek.lua") }
        return (own.map(\.bytes), other.map(\.bytes))
    }

    /// Those of the candidates that the set has.
    func members(among candidates: [BackupBytes]) async throws -> [BackupBytes] {
        var command = Self.command("SMISMEMBER", full)
        for candidate in candidates { command.append(bytes: candidate.bytes) }
        let reply = try await runner.send(command).elements ?? []
        return zip(candidates, reply).filter { $0.1.integer == 1 }.map(\.0)
    }

    private static func command(_ name: String, _ key: [UInt8], _ arguments: [String] = []) -> RedisCommand {
        var command: RedisCommand = [name]
        command.append(bytes: key)
        command.append(contentsOf: arguments)
        return command
    }

    private static func elements(_ page: [RedisValue], width: Int) -> [[BackupBytes]] {
        let values = page.compactMap(\.bytes).map(BackupBytes.init)
        return stride(from: 0, to: values.count - width + 1, by: width).map { Array(values[$0..<$0 + width]) }
    }

    /// Parts of bounded size, since a small set comes in one page, whatever count was asked for.
    static func split(_ elements: [[BackupBytes]], _ visit: ([[BackupBytes]]) async throws -> Void) async throws {
        var part: [[BackupBytes]] = []
        var size = 0
        for element in elements {
            let bytes = element.reduce(0) { $0 + $1.bytes.count }
            if part.count == BackupWriter.pageElements || !part.isEmpty && size + bytes > BackupWriter.pageBytes {
                try await visit(part)
                part = []
                size = 0
            }
            part.append(element)
            size += bytes
        }
        if !part.isEmpty { try await visit(part) }
    }
}
