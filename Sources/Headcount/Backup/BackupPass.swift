internal import RedisClient

/// Goes through the keys, stage by stage, and writes them down.
final class BackupPass {
    private let limiter: Limiter
    private let accounts: Set<String>?
    private let write: ([UInt8]) throws -> Void
    private let progress: (BackupTally) -> Void
    private let header: BackupHeader
    private(set) var writer = BackupWriter()
    private(set) var skipped = 0
    private var found: Set<String> = []

    init(
        limiter: Limiter, header: BackupHeader, write: @escaping ([UInt8]) throws -> Void,
        progress: @escaping (BackupTally) -> Void
    ) {
        self.limiter = limiter
        self.header = header
        accounts = header.accounts.map(Set.init)
        self.write = write
        self.progress = progress
    }

    func run() async throws {
        try write(writer.header(header))
        for stage in BackupStage.allCases { try await go(stage) }
        if accounts == nil { try await writeCommon() }
        if let missing = accounts?.subtracting(found).sorted().first {
            throw HeadcountError(.notFound, "no such account: it has no keys in this Redis", value: missing)
        }
    }

    func end() throws {
        try write(writer.end())
    }

    private func go(_ stage: BackupStage) async throws {
        let only = accounts.flatMap { $0.count == 1 ? $0.first : nil }
        let pattern = only.map(limiter.keys.pattern) ?? limiter.keys.anyAccountPattern
        try await limiter.scanKeyValues(matching: pattern) { page in
            for name in page.compactMap(\.bytes) {
                guard let key = StoredKey(name, prefix: limiter.keys.prefix), let account = key.account else {
                    if stage == .sources { skipped += 1 }
                    continue
                }
                if accounts?.contains(account) == false { continue }
                let kind = KeyKind(key)
                guard BackupStage(kind) == stage else { continue }
                if accounts != nil { found.insert(account) }
                try await write(key, kind, account)
            }
        }
    }

    private func write(_ key: StoredKey, _ kind: KeyKind, _ account: String) async throws {
        guard let content = try await KeyContent(key, of: limiter) else {
            skipped += 1
            return
        }
        switch (kind, content.type) {
        case (.members, .set):
            var part = try await write(content)
            // Once more, only who stands for somebody else: an erasure meanwhile takes one out and puts one in.
            try await content.forEachPage(matching: "\u{01}*") { page in try put(content, page, &part) }
        case (.merged(let period), .hash):
            let members = try await KeyContent(StoredKey(account: account, name: period.description), of: limiter)
            var part = 0
            // A merge meanwhile takes one out of the members and puts another in.
            var extra = 1
            try await content.forEachPage { page in
                try put(content, page, &part)
                guard let members, members.type == .set else { return }
                let targets = try await members.members(among: Array(Set(page.map { $0[1] })))
                if !targets.isEmpty { try put(members, targets.map { [$0] }, &extra) }
            }
        case (.scenario(let id, .jobs), .hash):
            let runs = StoredKey(account: account, name: "scenario:\(id):runs")
            try await write(content, with: runs)
        default:
            _ = try await write(content)
        }
    }

    /// - Returns: how many parts there are.
    private func write(_ content: KeyContent) async throws -> Int {
        var part = 0
        var offset = 0
        try await content.forEachPage { page in
            try put(content, page, &part, offset: content.type == .list ? offset : 0)
            offset += page.count
        }
        return part
    }

    /// A scenario's jobs with their runs: each pair at one moment.
    private func write(_ jobs: KeyContent, with other: StoredKey) async throws {
        let runs = try await KeyContent(other, of: limiter)
        var part = 0
        var runPart = 0
        try await jobs.forEachPage { page in
            let contacts = page.map { $0[0] }
            let values = try await jobs.values(of: contacts, and: other)
            func pairs(_ values: [[UInt8]?]) -> [[BackupBytes]] {
                zip(contacts, values).compactMap { contact, value in value.map { [contact, BackupBytes($0)] } }
            }
            let pages = (pairs(values.own), pairs(values.other))
            try await KeyContent.split(pages.0) { try put(jobs, $0, &part) }
            try await KeyContent.split(pages.1) { try put(runs ?? jobs, $0, &runPart, key: other) }
        }
    }

    private func put(
        _ content: KeyContent, _ elements: [[BackupBytes]], _ part: inout Int, offset: Int = 0, key: StoredKey? = nil
    ) throws {
        part += 1
        try write(
            writer.page(
                BackupPage(
                    key: key ?? content.key, type: content.type, expires: content.expires, part: part, offset: offset,
                    elements: elements)))
        progress(writer.tally)
    }

    /// What belongs to no account. Not everything that begins with the prefix: another prefix may begin with it, too.
    private func writeCommon() async throws {
        let keys = limiter.keys
        let names = [
            keys.apiKeys, keys.instagramChannels, keys.dueCampaigns, keys.dueScenarios, keys.dueNotices, keys.dueSweep,
        ]
        for name in names { try await writeCommon(Array(name.utf8)) }
        for pattern in [keys.anyIndexPattern, keys.anySignedOutPattern, keys.anyRemovedPattern] {
            try await limiter.scanKeyValues(matching: pattern) { page in
                for name in page.compactMap(\.bytes) { try await writeCommon(name) }
            }
        }
    }

    private func writeCommon(_ name: [UInt8]) async throws {
        guard let key = StoredKey(name, prefix: limiter.keys.prefix), KeyKind(key) != .other else { return }
        // Gone, if it is none.
        guard let content = try await KeyContent(key, of: limiter) else { return }
        _ = try await write(content)
    }
}
