import Testing

@testable import Headcount

/// Which calls go alone and which together: no I/O, waiters are numbers.
@Suite struct CallGroupsTests {
    private typealias Groups = CallGroups<ActivationLane, String, Int>

    private let lane = ActivationLane(account: "a", kind: "campaign")
    private let other = ActivationLane(account: "b", kind: "campaign")

    private func call(_ number: Int) -> Groups.Call {
        .init(id: UInt64(number), item: "c\(number)", waiter: number)
    }

    /// Two calls under way, and `count` more that wait, numbered from 1.
    private func busy(_ count: Int, maximum: Int = 512) -> Groups {
        var groups = Groups(maximumItems: maximum)
        _ = groups.goesAtOnce(lane)
        _ = groups.goesAtOnce(lane)
        for number in 1...max(1, count) where number <= count { _ = groups.wait(call(number), in: lane) }
        return groups
    }

    @Test func idleCallsGoAtOnceAndAlone() {
        var groups = Groups(maximumItems: 512)
        for _ in 0..<5 {
            #expect(groups.goesAtOnce(lane) == true)
            #expect(groups.finishAlone(lane) == nil)
        }
        #expect(groups.isEmpty)
    }

    @Test func accountsAndKindsDoNotWaitForEachOther() {
        var groups = busy(3)
        #expect(groups.goesAtOnce(other) == true)
        #expect(groups.goesAtOnce(ActivationLane(account: "a", kind: "scenario")) == true)
        #expect(groups.goesAtOnce(lane) == false)
    }

    @Test func whatWaitsGoesTogetherInOrder() {
        var groups = busy(3)
        let group = groups.finishAlone(lane)
        #expect(group?.items == ["c1", "c2", "c3"])
        // Two are still under way: the next waits for them.
        #expect(groups.wait(call(4), in: lane) == true)
        let (calls, next) = groups.finish(group?.id ?? 0, in: lane)
        #expect(calls.map(\.waiter) == [1, 2, 3])
        #expect(next?.items == ["c4"])
        let last = groups.finish(next?.id ?? 0, in: lane).calls
        #expect(last.map(\.waiter) == [4])
        #expect(groups.finishAlone(lane) == nil)
        #expect(groups.isEmpty)
    }

    @Test func noGroupIsLargerThanACallMayBe() {
        var groups = busy(5, maximum: 2)
        let first = groups.finishAlone(lane)
        let second = groups.finishAlone(lane)
        #expect(first?.items == ["c1", "c2"])
        #expect(second?.items == ["c3", "c4"])
        let third = groups.finish(first?.id ?? 0, in: lane).next
        #expect(third?.items == ["c5"])
    }

    @Test func whoFindsTheLaneFreeWhenAboutToWaitGoesAtOnce() {
        var groups = busy(0)
        _ = groups.finishAlone(lane)
        #expect(groups.wait(call(1), in: lane) == false)
        _ = groups.finishAlone(lane)
        _ = groups.finishAlone(lane)
        #expect(groups.isEmpty)
    }

    @Test func cancelledWhileWaitingIsNotSent() {
        var groups = busy(3)
        #expect(groups.withdraw(2, from: lane) == 2)
        #expect(groups.withdraw(2, from: lane) == nil)
        let group = groups.finishAlone(lane)
        #expect(group?.items == ["c1", "c3"])
    }

    @Test func cancelledUnderWayIsToldAtOnceAndLeavesItsPlace() {
        var groups = busy(3)
        let group = groups.finishAlone(lane)
        #expect(groups.withdraw(2, from: lane) == 2)
        let calls = groups.finish(group?.id ?? 0, in: lane).calls
        #expect(calls.map(\.waiter) == [1, nil, 3])
        #expect(groups.withdraw(9, from: other) == nil)
    }
}
