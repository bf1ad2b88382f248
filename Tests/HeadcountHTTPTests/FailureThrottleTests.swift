import NIOCore
import Testing

@testable import HeadcountHTTP

@Suite struct FailureThrottleTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    @Test func allowsTenFailuresAtOnceAndThenOneInSixSeconds() {
        let throttle = FailureThrottle()
        for _ in 1...10 { #expect(throttle.failed("key", at: start) == nil) }
        #expect(throttle.failed("key", at: start) == 7)
        #expect(throttle.failed("key", at: start + .seconds(5)) == 2)
        #expect(throttle.failed("key", at: start + .seconds(6)) == nil)
        #expect(throttle.failed("key", at: start + .seconds(6)) != nil)
    }

    @Test func keysDontThrottleEachOther() {
        let throttle = FailureThrottle()
        for _ in 1...11 { _ = throttle.failed("one", at: start) }
        #expect(throttle.failed("another", at: start) == nil)
    }

    @Test func forgetsAfterAMinute() {
        let throttle = FailureThrottle()
        for _ in 1...10 { _ = throttle.failed("key", at: start) }
        for _ in 1...10 { #expect(throttle.failed("key", at: start + .seconds(60)) == nil) }
    }
}
