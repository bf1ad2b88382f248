internal import Foundation
internal import NIOCore
internal import RedisClient

/// Runs the scripts for an account: with what this process believes of its calendar, mended when Redis says
/// otherwise, and again when the connection broke, until the time limit.
final class ScriptRunner: Sendable {
    /// More corrections in one call than any clock or plan can need: two for the first call, one for midnight.
    private static let maximumCorrections = 8

    let redis: RedisClient
    let clock = ServerClock()
    let beliefs = AccountBeliefs()
    let metrics: LimiterMetrics
    private let timeout: TimeAmount

    init(redis: RedisClient, timeout: Duration, metrics: LimiterMetrics) {
        self.redis = redis
        self.metrics = metrics
        self.timeout = TimeAmount(timeout)
    }

    var server: String { redis.url.description }

    /// Today in the account's calendar and more, as far as this process knows.
    func belief(of account: String) -> AccountBelief { beliefs.belief(of: account, at: clock.now) }

    /// The call is made anew for each attempt, since its keys and arguments depend on what is believed.
    func run(
        _ script: RedisScript, for account: String, within limit: TimeAmount? = nil,
        with call: (AccountBelief) throws -> ScriptCall
    ) async throws -> (reply: RedisValue, belief: AccountBelief) {
        var corrections = 0
        // What Redis said in this call counts in this call: the masters of a cluster have clocks of their own, and another
        // call may hear of another one's meanwhile.
        var told: Date?
        return try await retrying(within: limit) { deadline in
            while true {
                let belief = told.map { self.beliefs.belief(of: account, at: $0) } ?? self.belief(of: account)
                let call = try call(belief)
                let start = NIODeadline.now()
                do {
                    let reply = try await self.redis.run(script, call, deadline: deadline)
                    self.metrics.ran(script, since: start)
                    return (reply, belief)
                } catch let error as RedisError {
                    guard try self.correct(by: error, account: account), corrections < Self.maximumCorrections else {
                        throw error.naming(commandOf: script)
                    }
                    corrections += 1
                    if error.code == .server("STALE_PERIOD") { told = self.clock.now }
                }
            }
        }
    }

    func send(
        _ command: RedisCommand, failsFast: Bool = false, within limit: TimeAmount? = nil
    ) async throws -> RedisValue {
        try await retrying(failsFast: failsFast, within: limit) { deadline in
            try await self.redis.send(command, deadline: deadline, failsFast: failsFast)
        }
    }

    /// Asks one of the servers that ``RedisClient/masters()`` tells.
    func send(_ command: RedisCommand, to server: RedisServer) async throws -> RedisValue {
        try await retrying { deadline in try await server.send(command, deadline: deadline) }
    }

    /// The servers that take writes.
    func masters() async throws -> [RedisServer] {
        try await retrying { _ in try await self.redis.masters() }
    }

    /// Learns from what the script refused. False for any other error.
    private func correct(by error: RedisError, account: String) throws -> Bool {
        let words = error.message.split(separator: " ")
        switch error.code {
        case .server("STALE_PERIOD"):
            guard words.count == 3, let seconds = Double(words[1]), let micros = Double(words[2]) else { return false }
            clock.correct(to: Date(timeIntervalSince1970: seconds + micros / 1e6))
            metrics.correctedPeriod()
            return true
        case .server("WRONG_CALENDAR"):
            guard words.count == 2 else { return false }
            beliefs.learn(try schedule(String(words[1]), of: account), of: account)
            metrics.correctedCalendar()
            return true
        case .server("WRONG_IDENTITIES"):
            beliefs.learn(identities: words.count > 1 ? String(words[1]) : "", of: account)
            metrics.correctedIdentities()
            return true
        case .server("WRONG_SCENARIOS"):
            metrics.correctedScenarios()
            throw ScenariosChanged()
        default:
            return false
        }
    }

    private func schedule(_ fields: String, of account: String) throws -> CalendarSchedule {
        do {
            return try CalendarSchedule(fields: fields)
        } catch {
            throw HeadcountError(
                .unexpectedReply,
                "the calendar in Redis of account \(account), '\(fields.printable)', is none that this machine knows; "
                    + "update its time zone data, or mend zone and startDay with redis-cli HSET")
        }
    }

    private func retrying<Result>(
        failsFast: Bool = false, within limit: TimeAmount? = nil, _ attempt: (NIODeadline) async throws -> Result
    ) async throws -> Result {
        let deadline = NIODeadline.now() + (limit ?? timeout)
        var mayHaveExecuted = false
        var said: RedisError?
        var attempts = 0
        while true {
            do {
                attempts += 1
                return try await attempt(deadline)
            } catch let error as RedisError {
                mayHaveExecuted = mayHaveExecuted || error.mayHaveExecuted
                // A call that waited already goes on until its deadline; a new one hears at once that it would be in vain.
                let isPassing = error.isPassing || error.code == .silent && attempts > 1
                let isWorthIt = isPassing && !(failsFast && [.connectionFailed, .silent].contains(error.code))
                guard isWorthIt, NIODeadline.now() < deadline else {
                    // What the server said of itself tells more than that time ran out on the next attempt.
                    let telling = [.timedOut, .silent].contains(error.code) ? said ?? error : error
                    metrics.failed(telling)
                    throw RedisFailure.describe(telling, server: server, mayHaveExecuted: mayHaveExecuted)
                }
                switch error.code {
                case .server, .notReplicated: said = error
                // The next connection is waited for in the queue.
                case _ where attempts == 1: continue
                default: break
                }
                // What a server says of itself takes a moment to change, and so does who is the master.
                try await Task.sleep(for: .milliseconds(Int.random(in: 5...50)))
            }
        }
    }
}
