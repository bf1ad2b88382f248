internal import Metrics
internal import NIOCore
internal import RedisClient

/// What a limiter measures, by swift-metrics. The handles are made with the limiter: a program that wants the numbers
/// bootstraps its metrics system before.
struct LimiterMetrics: Sendable {
    private let activated = decisions(.activated)
    private let alreadyActivated = decisions(.alreadyActivated)
    private let limitReached = decisions(.limitReached)
    private let notCounted = decisions(.notCounted)
    private let reservations = Dictionary(
        uniqueKeysWithValues: Reservation.Verdict.allCases.map {
            ($0, Counter(label: "headcount_reservations_total", dimensions: [("verdict", $0.rawValue)]))
        })
    private let settlements = Dictionary(
        uniqueKeysWithValues: Settlement.allCases.map {
            ($0, Counter(label: "headcount_settlements_total", dimensions: [("settlement", $0.rawValue)]))
        })
    private let failedOpen = Dictionary(
        uniqueKeysWithValues: FailedOpen.allCases.map {
            ($0, Counter(label: "headcount_failed_open_total", dimensions: [("result", $0.rawValue)]))
        })
    private let scriptDurations: [String: Timer]
    private let stalePeriods = Counter(label: corrections, dimensions: [("reason", "stale_period")])
    private let wrongCalendars = Counter(label: corrections, dimensions: [("reason", "wrong_calendar")])
    private let wrongIdentities = Counter(label: corrections, dimensions: [("reason", "wrong_identities")])
    private let wrongScenarios = Counter(label: corrections, dimensions: [("reason", "wrong_scenarios")])
    private let deadLetters = Counter(label: "headcount_dead_letters_total")
    private let unavailable = Counter(label: errors, dimensions: [("code", "unavailable")])
    private let overloaded = Counter(label: errors, dimensions: [("code", "overloaded")])

    /// What came of asking for contacts that Redis could not be asked about, where the policy is to fail open.
    enum FailedOpen: String, CaseIterable {
        case admitted
        case boundReached = "bound_reached"
        case notJournalled = "not_journalled"
    }

    private static let corrections = "headcount_corrections_total"
    private static let errors = "headcount_redis_errors_total"

    init() {
        scriptDurations = Dictionary(
            uniqueKeysWithValues: LimiterScripts.all.map {
                ($0.name, Timer(label: "headcount_script_duration_seconds", dimensions: [("script", $0.name)]))
            })
    }

    private static func decisions(_ verdict: Verdict) -> Counter {
        Counter(label: "headcount_decisions_total", dimensions: [("verdict", verdict.rawValue)])
    }

    func decided(_ made: [Decision]) {
        if made.count == 1 { return decided(made[0].verdict) }
        var counts: [Verdict: Int] = [:]
        for decision in made { counts[decision.verdict, default: 0] += 1 }
        for (verdict, count) in counts { decided(verdict, count) }
    }

    func decided(_ verdict: Verdict, _ count: Int = 1) {
        switch verdict {
        case .activated: activated.increment(by: count)
        case .alreadyActivated: alreadyActivated.increment(by: count)
        case .limitReached: limitReached.increment(by: count)
        case .notCounted: notCounted.increment(by: count)
        }
    }

    func reserved(_ made: [Reservation?]) {
        var counts: [Reservation.Verdict: Int] = [:]
        for reservation in made { if let reservation { counts[reservation.verdict, default: 0] += 1 } }
        for (verdict, count) in counts { reserved(verdict, count) }
    }

    func reserved(_ verdict: Reservation.Verdict, _ count: Int) {
        reservations[verdict]?.increment(by: count)
    }

    func settled(_ made: [Settlement?]) {
        var counts: [Settlement: Int] = [:]
        for settlement in made { if let settlement { counts[settlement, default: 0] += 1 } }
        for (settlement, count) in counts { settlements[settlement]?.increment(by: count) }
    }

    func failedOpen(_ result: FailedOpen, _ count: Int) {
        failedOpen[result]?.increment(by: count)
    }

    func wroteDeadLetters(_ count: Int) {
        deadLetters.increment(by: count)
    }

    func ran(_ script: RedisScript, since start: NIODeadline) {
        scriptDurations[script.name]?.recordNanoseconds((NIODeadline.now() - start).nanoseconds)
    }

    func correctedPeriod() {
        stalePeriods.increment()
    }

    func correctedCalendar() {
        wrongCalendars.increment()
    }

    func correctedIdentities() {
        wrongIdentities.increment()
    }

    func correctedScenarios() {
        wrongScenarios.increment()
    }

    func failed(_ error: RedisError) {
        switch error.code {
        case .cancelled: break
        case .overloaded: overloaded.increment()
        default: unavailable.increment()
        }
    }
}
