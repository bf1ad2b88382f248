import Foundation
import Headcount
import HeadcountTesting
import TestSupport
import Testing

/// Random sequences of calls give the same answers from the scripts in a real Redis and from the model in memory, while
/// months pass on Redis's clock.
@Suite struct ModelTests {
    private static let zones = ["UTC", "Europe/Paris", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Kiritimati"]

    @Test func modelAndRedisAgree() async throws {
        let clock = try ShiftedClock.movable()
        // HEADCOUNT_TEST_SEED repeats a sequence that failed.
        let given = ProcessInfo.processInfo.environment["HEADCOUNT_TEST_SEED"].flatMap { UInt64($0) }
        // Long enough ago that no time zone change of these years is unknown to somebody.
        var now = 1_767_270_600
        try clock.set(to: now)
        var configuration = EmbeddedRedis.Configuration()
        configuration.environment = clock.environment
        try await withLimiter(configuration) { limiter, redis in
            for sequence in 0..<60 {
                let seed = given ?? UInt64.random(in: 0...UInt64.max)
                now += 86_400
                try await run(seed: seed, account: "a\(sequence)", limiter: limiter, clock: clock, now: &now)
            }
            // R15: but for plans and audit lists, every key expires.
            let keys = try await RedisCLI(redis).run("KEYS", "*").split(separator: "\n").map(String.init)
            for key in keys where !key.hasSuffix(":plan") && !key.hasSuffix(":audit") {
                #expect(try await RedisCLI(redis).run("TTL", key) != "-1", "\(key)")
            }
        }
    }

    private func run(
        seed: UInt64, account: String, limiter: Limiter, clock: ShiftedClock, now: inout Int
    ) async throws {
        var random = SeededRandom(seed: seed)
        let time = ModelClock()
        let model = InMemoryLimiter(now: { time.now })
        var tokens: (redis: [ReservationToken], model: [ReservationToken]) = ([], [])
        for step in 0..<60 {
            // Half past an hour is nobody's midnight; what happens at midnight itself has tests of its own. Now and then
            // it is the hours around the first of a month, when changes of calendar take effect.
            let days = [0, 0, 0, 0, 1, 3, 9, 20, 31, 62].randomElement(using: &random) ?? 0
            now += days * 86_400 + Int.random(in: 0..<6, using: &random) * 3_600
            if Int.random(in: 0..<8, using: &random) == 0 {
                let time = Date(timeIntervalSince1970: TimeInterval(now))
                now =
                    BillingCalendar.utc.period(at: time).end.epochSeconds
                    + Int.random(in: -12..<12, using: &random) * 3_600 + 1_800
            }
            try clock.set(to: now)
            time.now = Date(timeIntervalSince1970: TimeInterval(now))
            let call = Call.random(using: &random, zones: Self.zones, now: time.now)
            let redis = try await call.answer(of: limiter, account: account, tokens: &tokens.redis)
            let expected = try await call.answer(of: model, account: account, tokens: &tokens.model)
            #expect(redis == expected, "seed \(seed), step \(step): \(call)")
            if redis != expected { return }
        }
    }
}

/// A call with everything that it takes.
private enum Call {
    case activate([String], Action)
    case change(PlanChange)
    case usage
    case plan
    case check([String])
    case reserve([String], Duration)
    /// By the reservations' places among all that were made.
    case confirm([Int])
    case release([Int])
    case erase(String)
    case merge(String, into: String)
    /// What was admitted then, by a process that knew no calendar.
    case replay([String], at: Date)

    /// The last two are one contact to Swift's strings, and two to Redis.
    private static let contacts = (0..<10).map { "c\($0)" } + ["caf\u{E9}", "cafe\u{301}"]

    static func random(using random: inout SeededRandom, zones: [String], now: Date) -> Call {
        func contact() -> String { Self.contacts[Int.random(in: Self.contacts.indices, using: &random)] }
        func contacts() -> [String] { (0..<Int.random(in: 1...8, using: &random)).map { _ in contact() } }
        func places() -> [Int] {
            // Mostly young ones, some of which are settled already; and some old ones.
            (0..<Int.random(in: 1...4, using: &random)).map { _ in
                Int.random(in: 0..<4, using: &random) == 0
                    ? Int.random(in: 0..<100, using: &random) : -Int.random(in: 1...8, using: &random)
            }
        }
        switch Int.random(in: 0..<22, using: &random) {
        case 0...4:
            let actions: [Action] = [.campaign("x"), .scenario("y"), .segment("z")]
            return .activate(contacts(), actions[Int.random(in: actions.indices, using: &random)])
        case 5, 6:
            var change = PlanChange(effect: Int.random(in: 0..<3, using: &random) == 0 ? .atPeriodEnd : .now)
            func sometimes() -> Bool { Int.random(in: 0..<3, using: &random) == 0 }
            if sometimes() { change.plan = ["free", "pro"].randomElement(using: &random) }
            if sometimes() { change.limit = Int.random(in: 0...10, using: &random) }
            if sometimes() { change.mode = LimitMode.allCases.randomElement(using: &random) }
            if sometimes() { change.zone = zones.randomElement(using: &random) }
            if sometimes() { change.startDay = [1, 1, 10, 15, 28].randomElement(using: &random) }
            return .change(change)
        case 7: return .usage
        case 8: return .plan
        case 9: return .check(contacts())
        case 10...13:
            // No whole number of half hours, so that none ends just when it is looked at.
            return .reserve(contacts(), .seconds([100, 4_000, 40_000].randomElement(using: &random) ?? 100))
        case 14, 15: return .confirm(places())
        case 16, 17: return .release(places())
        case 20, 21:
            let hours = [0, 3, 30, 500, 1_000, 3_000].randomElement(using: &random) ?? 0
            return .replay(contacts(), at: now.addingTimeInterval(-3_600 * TimeInterval(hours)))
        case 18: return .erase(contact())
        default:
            let pair = Self.contacts.shuffled(using: &random)
            return .merge(pair[0], into: pair[1])
        }
    }

    /// Everything that the answer says, as text.
    func answer(
        of limiter: some Everything, account: String, tokens: inout [ReservationToken]
    ) async throws -> String {
        func chosen(_ places: [Int]) -> [ReservationToken] {
            let count = tokens.count
            return places.map { $0 < 0 ? count + $0 : $0 }.filter { (0..<count).contains($0) }.map { tokens[$0] }
        }
        switch self {
        case .activate(let contacts, let action):
            let decisions = try await limiter.activate(contacts, in: account, by: action)
            // Where Redis is not asked, the period is only what this process believes.
            return decisions.map {
                $0.verdict == .notCounted
                    ? "\($0.verdict)"
                    : "\($0.verdict) \($0.period) \($0.resetsAt.epochSeconds) \($0.used) \($0.limit) \($0.remaining) "
                        + "\($0.overLimit)"
            }.joined(separator: "\n")
        case .change(let change):
            return "\(try await limiter.setPlan(change, for: account, by: "test"))"
        case .usage:
            let usage = try await limiter.usage(of: account)
            return
                "\(usage.period) \(usage.resetsAt.epochSeconds) \(usage.plan) \(usage.calendar) \(usage.used) \(usage.held) \(usage.limit) "
                + "\(usage.remaining) \(usage.mode) \(usage.refusedContacts)"
        case .plan:
            return "\(try await limiter.plan(of: account))"
        case .check(let contacts):
            return "\(try await limiter.isActivated(contacts, in: account, period: nil))"
        case .reserve(let contacts, let lease):
            let reservations = try await limiter.reserve(contacts, in: account, by: .campaign("x"), lease: lease)
            tokens += reservations.compactMap(\.token)
            return reservations.map {
                "\($0.verdict) \($0.period) \($0.used) \($0.held) \($0.limit) \($0.remaining) \($0.token?.contact ?? "-")"
            }.joined(separator: "\n")
        case .confirm(let places): return "\(try await limiter.confirm(chosen(places), in: account))"
        case .release(let places): return "\(try await limiter.release(chosen(places), in: account))"
        case .replay(let contacts, let time):
            let period = BillingCalendar.utc.period(at: time).name
            let entries = contacts.map {
                JournalEntry(time: time, account: account, contact: $0, action: .campaign("x"), period: period)
            }
            return try await limiter.replayed(entries, in: account).joined(separator: "\n")
        case .erase(let contact): return "\(try await limiter.erasedPeriods(contact, in: account))"
        case .merge(let from, let into): return "\(try await limiter.merge(from, into: into, in: account))"
        }
    }
}

/// What both can do, beyond ``ContactLimiter``.
private protocol Everything: ContactLimiter {
    func erasedPeriods(_ contact: String, in account: String) async throws -> [PeriodName]
    func merge(_ from: String, into: String, in account: String) async throws -> Merge
    func replayed(_ entries: [JournalEntry], in account: String) async throws -> [String]
}

extension Limiter: Everything {
    fileprivate func erasedPeriods(_ contact: String, in account: String) async throws -> [PeriodName] {
        try await erase(contact, in: account).periods
    }

    fileprivate func replayed(_ entries: [JournalEntry], in account: String) async throws -> [String] {
        let journal = try TemporaryJournal(entries)
        return try await replayJournal(at: journal.path).accounts.map {
            "\($0.period) \($0.replayed) \($0.newlyCounted) \($0.overLimit) \($0.used) \($0.limit)"
        }
    }
}

extension InMemoryLimiter: Everything {
    fileprivate func erasedPeriods(_ contact: String, in account: String) async throws -> [PeriodName] {
        try await erase(contact, in: account)
    }

    fileprivate func replayed(_ entries: [JournalEntry], in account: String) async throws -> [String] {
        try replay(entries, in: account)
    }
}

/// The model's clock.
private final class ModelClock: Sendable {
    private let time = LockedBox(Date(timeIntervalSince1970: 0))

    var now: Date {
        get { time.value }
        set { time.value = newValue }
    }
}
