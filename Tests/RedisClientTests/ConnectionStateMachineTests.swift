import NIOCore
import Testing

@testable import RedisClient

/// Waiters are numbers here: no I/O, no clock, no tasks.
@Suite struct ConnectionStateMachineTests {
    typealias Machine = ConnectionStateMachine<Int>

    private func deadline(_ milliseconds: Int64) -> NIODeadline { .uptimeNanoseconds(UInt64(milliseconds) * 1_000_000) }

    private func enqueue(
        _ machine: inout Machine, _ waiter: Int, at milliseconds: Int64 = 1_000, failsFast: Bool = false
    ) -> Machine.NextStep? {
        let enqueued = machine.enqueue(
            ["ECHO", String(waiter)], id: UInt64(waiter), at: deadline(0), deadline: deadline(milliseconds),
            failsFast: failsFast,
            waiter: waiter)
        if case .queued(let next, _) = enqueued { return next }
        return nil
    }

    private func ready() -> Machine {
        var machine = Machine()
        _ = enqueue(&machine, 0)
        _ = machine.connected()
        _ = machine.takeBytes()
        _ = machine.reply(.status("OK"))
        return machine
    }

    private func bytes(_ machine: inout Machine) -> String { machine.takeBytes().map { String(buffer: $0) } ?? "" }

    private func encoded(_ waiters: Int...) -> String {
        waiters.map { "*2\r\n$4\r\nECHO\r\n$\(String($0).count)\r\n\($0)\r\n" }.joined()
    }

    private func answered(_ machine: inout Machine) -> Int? {
        if case .answer(let waiter) = machine.reply(.status("OK")) { return waiter }
        return nil
    }

    @Test func connectsWhenFirstNeededAndFlushesOnceForMany() {
        var machine = Machine()
        #expect(enqueue(&machine, 1) == .connect)
        #expect(enqueue(&machine, 2) == Machine.NextStep.none)
        #expect(machine.connected() == .flush)
        #expect(enqueue(&machine, 3) == Machine.NextStep.none)
        #expect(bytes(&machine) == encoded(1, 2, 3))
        #expect(enqueue(&machine, 4) == .flush)
    }

    @Test func repliesGoToCallersInOrder() {
        var machine = ready()
        for waiter in 1...3 { _ = enqueue(&machine, waiter) }
        _ = machine.takeBytes()
        #expect((1...3).map { _ in answered(&machine) } == [1, 2, 3])
    }

    @Test func replyToNoCommandIsUnexpected() {
        var machine = ready()
        _ = enqueue(&machine, 1)
        guard case .unexpected = machine.reply(.status("OK")) else {
            Issue.record("a reply before the command was written was matched")
            return
        }
    }

    @Test func cancelledCallerLeavesItsReplyAndItsNeighboursAlone() {
        var machine = ready()
        for waiter in 1...3 { _ = enqueue(&machine, waiter) }
        _ = machine.takeBytes()
        let cancelled = machine.cancel(2)
        #expect(cancelled?.waiter == 2)
        #expect(cancelled?.error.mayHaveExecuted == true)
        #expect(answered(&machine) == 1)
        guard case .discard = machine.reply(.status("OK")) else {
            Issue.record("the cancelled caller's reply went to somebody")
            return
        }
        #expect(answered(&machine) == 3)
    }

    @Test func cancelledBeforeItWasSentIsNeverSent() {
        var machine = ready()
        for waiter in 1...3 { _ = enqueue(&machine, waiter) }
        let cancelled = machine.cancel(2)
        #expect(cancelled?.error.mayHaveExecuted == false)
        #expect(bytes(&machine) == encoded(1, 3))
        #expect([answered(&machine), answered(&machine)] == [1, 3])
    }

    @Test func cancelledBeforeItWasQueuedIsRefused() {
        var machine = ready()
        #expect(machine.cancel(5) == nil)
        #expect(enqueue(&machine, 5) == nil)
        #expect(bytes(&machine) == "")
        // Forgotten ids leave nothing: the same id is taken now.
        _ = machine.cancel(6)
        machine.forget(6)
        #expect(enqueue(&machine, 6) == .flush)
    }

    @Test func lostConnectionFailsWhatWasSentAndKeepsWhatWasNot() {
        var machine = ready()
        _ = enqueue(&machine, 1)
        _ = machine.takeBytes()
        _ = enqueue(&machine, 2)
        let (dismissed, retryAfter) = machine.failed(RedisError(.connectionLost, "gone"), jitter: 0)
        #expect(dismissed.map(\.waiter) == [1])
        #expect(dismissed.first?.error.mayHaveExecuted == true)
        #expect(retryAfter == .milliseconds(1))
        // The flush that was planned finds no connection.
        #expect(bytes(&machine) == "")
        #expect(machine.retry(at: deadline(0)) == .connect)
        #expect(machine.connected() == .flush)
        #expect(bytes(&machine) == encoded(2))
        #expect(answered(&machine) == 2)
    }

    @Test func refusedPasswordFailsEverybodyAtOnce() {
        var machine = Machine()
        _ = enqueue(&machine, 1)
        let (dismissed, _) = machine.failed(RedisError(.handshakeRefused, "WRONGPASS"), jitter: 0)
        #expect(dismissed.map(\.waiter) == [1])
        #expect(dismissed.first?.error.mayHaveExecuted == false)
    }

    @Test func onlyThoseWhoAskedHearOfAFailedAttempt() {
        var machine = Machine()
        _ = enqueue(&machine, 1)
        _ = enqueue(&machine, 2, failsFast: true)
        let (dismissed, _) = machine.failed(RedisError(.connectionFailed, "refused"), jitter: 0)
        #expect(dismissed.map(\.waiter) == [2])
        _ = machine.retry(at: deadline(0))
        _ = machine.connected()
        #expect(bytes(&machine) == encoded(1))
    }

    @Test func backOffGrowsInMillisecondsAndStartsAnewOnceReady() {
        var machine = Machine()
        _ = enqueue(&machine, 1)
        var delays: [Int64] = []
        for _ in 0..<10 {
            delays.append(machine.failed(RedisError(.connectionFailed, ""), jitter: 1).retryAfter?.nanoseconds ?? 0)
            _ = machine.retry(at: deadline(0))
        }
        #expect(delays.map { $0 / 1_000_000 } == [2, 4, 8, 16, 32, 64, 128, 256, 500, 500])
        // A server that takes connections and answers no command is no better.
        _ = machine.connected()
        #expect(machine.failed(RedisError(.connectionLost, ""), jitter: 1).retryAfter == .milliseconds(500))
        _ = enqueue(&machine, 2)
        _ = machine.retry(at: deadline(0))
        _ = machine.connected()
        _ = machine.takeBytes()
        _ = machine.reply(.status("OK"))
        #expect(machine.failed(RedisError(.connectionLost, ""), jitter: 1).retryAfter == .milliseconds(2))
    }

    @Test func withoutCallersNobodyReconnects() {
        var machine = ready()
        _ = machine.failed(RedisError(.connectionLost, ""), jitter: 0)
        #expect(machine.retry(at: deadline(0)) == Machine.NextStep.none)
        #expect(machine.phase == .idle)
        #expect(enqueue(&machine, 1) == .connect)
    }

    @Test func pastTheBoundCallersAreRefusedAtOnce() {
        var machine = Machine(limits: .init(commands: 2, bytes: 1_000))
        #expect(enqueue(&machine, 1) == .connect)
        #expect(enqueue(&machine, 2) == Machine.NextStep.none)
        guard
            case .refused(let error) = machine.enqueue(
                ["PING"], id: 3, at: deadline(0), deadline: deadline(1), waiter: 3)
        else {
            Issue.record("a third command was queued")
            return
        }
        #expect(error.code == .overloaded)
        #expect(!error.mayHaveExecuted)
        // Room again once somebody leaves.
        _ = machine.cancel(1)
        _ = machine.connected()
        _ = machine.takeBytes()
        #expect(enqueue(&machine, 4) != nil)
    }

    @Test func boundsBytesToo() {
        var machine = Machine(limits: .init(commands: 100, bytes: 50))
        _ = enqueue(&machine, 1)
        _ = enqueue(&machine, 2)
        _ = enqueue(&machine, 3)
        #expect(enqueue(&machine, 4) == nil)
    }

    @Test func deadlinesPassTogetherInOneSweep() {
        var machine = ready()
        _ = enqueue(&machine, 1, at: 100)
        _ = machine.takeBytes()
        _ = enqueue(&machine, 2, at: 100)
        _ = enqueue(&machine, 3, at: 900)
        let sweep = machine.sweep(planned: deadline(100), at: deadline(100), stallTimeout: .seconds(5), server: "there")
        #expect(sweep.dismissed.map(\.waiter) == [1, 2])
        #expect(sweep.dismissed.map(\.error.mayHaveExecuted) == [true, false])
        #expect(sweep.dismissed.allSatisfy { $0.error.code == .timedOut })
        #expect(sweep.nextAt == deadline(900))
        #expect(!sweep.isStalled)
        // The expired one that was not sent never will be; the sent one's reply goes to nobody.
        #expect(bytes(&machine) == encoded(3))
        guard case .discard = machine.reply(.status("OK")) else {
            Issue.record("an expired caller was answered")
            return
        }
        #expect(answered(&machine) == 3)
    }

    @Test func serverThatStaysSilentIsGivenUp() {
        var machine = ready()
        _ = enqueue(&machine, 1, at: 100)
        _ = machine.takeBytes()
        let first = machine.sweep(planned: deadline(100), at: deadline(100), stallTimeout: .seconds(5), server: "there")
        #expect(!first.isStalled)
        #expect(first.nextAt == deadline(5_100))
        #expect(
            machine.sweep(planned: deadline(5_100), at: deadline(5_100), stallTimeout: .seconds(5), server: "there")
                .isStalled)
    }

    @Test func oneSweepIsPlannedForManyCallers() {
        var machine = ready()
        var sweeps = 0
        for waiter in 1...50 {
            let enqueued = machine.enqueue(
                ["PING"], id: UInt64(waiter), at: deadline(0), deadline: deadline(2_000 + Int64(waiter)), waiter: waiter
            )
            if case .queued(_, .some) = enqueued { sweeps += 1 }
        }
        // Whoever came first in `ready()` planned one for its own, earlier deadline.
        #expect(sweeps == 0)
        guard
            case .queued(_, let sooner) = machine.enqueue(
                ["PING"], id: 99, at: deadline(0), deadline: deadline(10), waiter: 99)
        else {
            Issue.record("not queued")
            return
        }
        #expect(sooner == deadline(10))
    }

    @Test func repliesCountOnceTheBarrierBehindThemIsAnswered() {
        var machine = Machine(barrier: ["WAIT", "1", "9"])
        for waiter in 1...2 { _ = enqueue(&machine, waiter) }
        _ = machine.connected()
        let barrier = "*3\r\n$4\r\nWAIT\r\n$1\r\n1\r\n$1\r\n9\r\n"
        #expect(bytes(&machine) == encoded(1, 2) + barrier)
        // What comes meanwhile goes with the next group.
        #expect(enqueue(&machine, 3) == .flush)
        #expect(bytes(&machine) == "")
        #expect(answered(&machine) == nil && answered(&machine) == nil)
        guard case .release(let group, let next) = machine.reply(.integer(1)) else {
            Issue.record("held for longer")
            return
        }
        #expect(group.map(\.waiter) == [1, 2] && group.map(\.reply) == [.status("OK"), .status("OK")])
        #expect(next == .flush)
        #expect(bytes(&machine) == encoded(3) + barrier)
        // A reply that nobody has confirmed is none.
        #expect(answered(&machine) == nil)
        let lost = machine.failed(RedisError(.connectionLost, "gone"), jitter: 0).dismissed
        #expect(lost.map(\.waiter) == [3] && lost.allSatisfy { $0.error.mayHaveExecuted })
    }

    @Test func silenceIsNoReplyBetweenTwoLooksWhileSomebodyWaits() {
        var machine = ready()
        func look() -> Bool { machine.fellSilent() }
        for waiter in 1...2 { _ = enqueue(&machine, waiter) }
        _ = machine.takeBytes()
        var looks = [look()]
        _ = answered(&machine)
        looks += [look(), look()]
        _ = answered(&machine)
        looks += [look(), look()]
        #expect(looks == [false, false, true, false, false])
    }

    @Test func closedRefusesEverybody() {
        var machine = ready()
        _ = enqueue(&machine, 1)
        #expect(machine.close(because: RedisError(.closed, "closed")).map(\.waiter) == [1])
        #expect(enqueue(&machine, 2) == nil)
        #expect(machine.failed(RedisError(.connectionLost, ""), jitter: 0).retryAfter == nil)
    }
}
