import NIOCore
import Testing

@testable import RedisClient

/// Times are numbers here: no I/O, no clock, no tasks.
@Suite struct CircuitBreakerTests {
    private func time(_ milliseconds: Int64) -> NIODeadline { .uptimeNanoseconds(UInt64(milliseconds) * 1_000_000) }

    /// Whether a caller is turned away that would wait for so long.
    private func refuses(_ breaker: inout CircuitBreaker, at now: Int64, patience: Int64 = 2_000) -> Bool {
        breaker.call(at: time(now), deadline: time(now + patience)) != nil
    }

    @Test func callersWaitUntilOthersHaveWaitedAsLongInVain() {
        var breaker = CircuitBreaker()
        let refusals = [0, 1_000, 1_999, 2_000, 2_001].map { refuses(&breaker, at: $0) }
        #expect(refusals == [false, false, false, true, true])
        #expect(breaker.isOpen)
        // Who has more time may see the end of it.
        #expect(!refuses(&breaker, at: 3_000, patience: 5_000))
        #expect(refuses(&breaker, at: 3_000, patience: 1_000))
    }

    @Test func theFirstSignOfLifeClosesIt() {
        var breaker = CircuitBreaker()
        _ = refuses(&breaker, at: 0)
        #expect(refuses(&breaker, at: 2_500))
        breaker.heard()
        #expect(!breaker.isOpen)
        #expect(!refuses(&breaker, at: 2_501) && !refuses(&breaker, at: 4_500))
        #expect(refuses(&breaker, at: 4_501))
    }

    @Test func aReplyInTimeIsASignOfLifeHoweverManyWait() {
        var breaker = CircuitBreaker()
        for now in stride(from: Int64(0), to: 60_000, by: 1_900) {
            #expect(!refuses(&breaker, at: now))
            breaker.heard()
        }
    }

    @Test func shortSilenceMeansNothingToImpatientCallers() {
        var breaker = CircuitBreaker()
        let refusals = [0, 20, 499, 500].map { refuses(&breaker, at: $0, patience: 10) }
        #expect(refusals == [false, false, false, true])
    }

    @Test func silenceIsOnlyKnownOfAServerThatIsTried() {
        var breaker = CircuitBreaker()
        _ = refuses(&breaker, at: 0)
        #expect(refuses(&breaker, at: 10_000))
        #expect(breaker.isProbing(at: time(69_999)))
        #expect(!breaker.isProbing(at: time(70_000)))
        #expect(!refuses(&breaker, at: 80_000))
        #expect(!breaker.isOpen)
    }

    @Test func probesAreATenthOfASecondToASecondApart() {
        #expect(CircuitBreaker.probeDelay(jitter: 0) == .milliseconds(100))
        #expect(CircuitBreaker.probeDelay(jitter: 1) == .seconds(1))
    }

    @Test func changesAreToldOnce() {
        var breaker = CircuitBreaker()
        _ = refuses(&breaker, at: 0)
        var changes = [breaker.change()]
        for now in [2_000, 2_001] {
            _ = refuses(&breaker, at: Int64(now))
            changes.append(breaker.change())
        }
        breaker.heard()
        changes += [breaker.change(), breaker.change()]
        #expect(changes == [nil, true, nil, false, nil])
    }
}

/// What a connection does with its breaker.
@Suite struct CircuitTests {
    typealias Machine = ConnectionStateMachine<Int>

    private func time(_ milliseconds: Int64) -> NIODeadline { .uptimeNanoseconds(UInt64(milliseconds) * 1_000_000) }

    /// Why the call is refused; nil if it waits.
    private func refusal(_ machine: inout Machine, _ id: UInt64, at now: Int64) -> RedisError? {
        let enqueued = machine.enqueue(
            ["PING"], id: id, at: time(now), deadline: time(now + 1_000), waiter: Int(id))
        if case .refused(let error) = enqueued { return error }
        return nil
    }

    private let refused = RedisError(.connectionFailed, "can't connect to Redis at there: connection refused")

    @Test func aServerThatIsGoneIsTriedForNobodysSakeAndSaysWhatIsWrong() throws {
        var machine = Machine()
        #expect(refusal(&machine, 1, at: 0) == nil)
        _ = machine.failed(refused, jitter: 0)
        _ = machine.sweep(planned: time(1_000), at: time(1_000), stallTimeout: .seconds(5), server: "there")
        let error = try #require(refusal(&machine, 2, at: 1_000))
        #expect(error.code == .silent && !error.mayHaveExecuted)
        #expect(error.message.contains("no sign of life for 1000 ms") && error.message.contains("connection refused"))
        // Nobody waits, and still it is tried again and again, by and by.
        for round in 1...3 {
            let next = machine.retry(at: time(1_000 + Int64(round) * 100))
            #expect(next == .connect)
            let delay = machine.failed(refused, jitter: 0).retryAfter
            #expect(delay == .milliseconds(100))
        }
        _ = machine.retry(at: time(2_000))
        _ = machine.connected()
        #expect(refusal(&machine, 3, at: 2_001) == nil)
    }

    @Test func longAfterTheLastCallItIsLeftAlone() {
        var machine = Machine()
        _ = refusal(&machine, 1, at: 0)
        _ = machine.failed(refused, jitter: 0)
        _ = machine.sweep(planned: time(1_000), at: time(1_000), stallTimeout: .seconds(5), server: "there")
        let next = machine.retry(at: time(60_000))
        #expect(next == .none && machine.phase == .idle)
        #expect(refusal(&machine, 2, at: 90_000) == nil, "nobody knows how it is by now")
    }

    @Test func aServerThatSaysItIsNotReadyIsAlive() {
        var machine = Machine()
        #expect(refusal(&machine, 1, at: 0) == nil)
        for round in 1...20 {
            machine.heardInHandshake()
            _ = machine.failed(RedisError(.connectionFailed, "there is not ready: LOADING"), jitter: 0)
            _ = machine.retry(at: time(Int64(round) * 500))
            #expect(refusal(&machine, UInt64(round) + 1, at: Int64(round) * 500) == nil)
        }
    }

    @Test func aFrozenServersFirstReplyClosesIt() {
        var machine = Machine()
        _ = refusal(&machine, 1, at: 0)
        _ = machine.connected()
        _ = machine.takeBytes()
        _ = refusal(&machine, 2, at: 1)
        #expect(refusal(&machine, 3, at: 1_001)?.code == .silent)
        let opened = machine.circuitChange()
        _ = machine.reply(.status("OK"))
        let closed = machine.circuitChange()
        #expect(opened == true && closed == false)
        #expect(refusal(&machine, 4, at: 1_002) == nil)
    }

    @Test func whoLeftBeforeAnythingWasSentSaysNothingOfTheServer() {
        var machine = Machine()
        _ = refusal(&machine, 1, at: 0)
        _ = machine.connected()
        _ = machine.takeBytes()
        _ = machine.reply(.status("OK"))
        _ = refusal(&machine, 2, at: 10)
        _ = machine.cancel(2)
        _ = machine.takeBytes()
        #expect(refusal(&machine, 3, at: 20_000) == nil)
    }
}
