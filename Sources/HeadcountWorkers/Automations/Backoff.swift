/// How long to wait before something is tried again: doubled each time, and not the same for everybody.
struct Backoff: Sendable {
    let first: Duration
    let longest: Duration

    /// - Parameter attempts: how often it was tried, from 1.
    func wait(after attempts: Int) -> Duration {
        let doubled = first * (1 << min(max(0, attempts - 1), 20))
        return min(doubled, longest) * Double.random(in: 0.8...1.2)
    }
}
