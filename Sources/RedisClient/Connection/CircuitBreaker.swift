internal import NIOCore

/// Tells when it is in vain to wait for a server. A value without I/O or clocks.
///
/// A caller is turned away at once if the server has left others without a sign of life for as long as this one would
/// wait. Until then it waits as ever, so that short troubles are masked. Any reply, if only an error, closes the circuit.
struct CircuitBreaker {
    /// A shorter silence says nothing, however little time a caller has.
    private static let shortestSilence = TimeAmount.milliseconds(500)
    /// How long the server is tried for nobody's sake after the last call.
    private static let longestInterest = TimeAmount.seconds(60)

    /// When the first call came since the last sign of life.
    private var silentSince: NIODeadline?
    private var lastCall: NIODeadline?
    /// Whether somebody was turned away since the last sign of life.
    private(set) var isOpen = false
    private var wasOpenAtLastLook = false

    /// A call comes. Returns for how long the server has been silent, if that is too long for it.
    mutating func call(at now: NIODeadline, deadline: NIODeadline) -> TimeAmount? {
        defer { lastCall = now }
        guard let silentSince, isProbing(at: now) else {
            self.silentSince = now
            isOpen = false
            return nil
        }
        let silence = now - silentSince
        guard silence >= max(deadline - now, Self.shortestSilence) else { return nil }
        isOpen = true
        return silence
    }

    /// The server has given a sign of life.
    mutating func heard() {
        silentSince = nil
        isOpen = false
    }

    /// Whether the server is to be tried although nobody waits: so that whoever calls next hears at once how it is.
    ///
    /// Silence is only known of a server that is tried: once it no longer is, the next caller waits.
    func isProbing(at now: NIODeadline) -> Bool {
        guard silentSince != nil, let lastCall else { return false }
        return now - lastCall < Self.longestInterest
    }

    /// Between two attempts while it is open: 100 ms to 1 s, never in step with other processes.
    ///
    /// - Parameter jitter: a random number from 0 to 1.
    static func probeDelay(jitter: Double) -> TimeAmount { .microseconds(Int64(100_000 + jitter * 900_000)) }

    /// Whether it was opened or closed since the last time this was asked; nil if neither.
    mutating func change() -> Bool? {
        guard isOpen != wasOpenAtLastLook else { return nil }
        wasOpenAtLastLook = isOpen
        return isOpen
    }
}
