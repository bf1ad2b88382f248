internal import Metrics
internal import Synchronization

/// What is measured of the connections of a client, by swift-metrics.
final class ConnectionMetrics: Sendable {
    private let connected = Meter(label: "headcount_redis_connected")
    private let connections = Counter(label: "headcount_redis_connections_total")
    private let callsInFlight = Meter(label: "headcount_calls_in_flight")
    private let moved = Counter(label: "headcount_redis_redirects_total", dimensions: [("kind", "moved")])
    private let ask = Counter(label: "headcount_redis_redirects_total", dimensions: [("kind", "ask")])
    private let openCircuits = Meter(label: "headcount_redis_circuits_open")
    private let open = Mutex(0)

    init() {
        connected.set(0)
        openCircuits.set(0)
    }

    func connectionMade() {
        count(1)
        connections.increment()
    }

    func connectionLost() {
        count(-1)
    }

    private func count(_ change: Int) {
        open.withLock { open in
            open += change
            connected.set(min(open, 1))
        }
    }

    func circuitChanged(isOpen: Bool) {
        if isOpen { openCircuits.increment() } else { openCircuits.decrement() }
    }

    func callBegan() {
        callsInFlight.increment()
    }

    func callEnded() {
        callsInFlight.decrement()
    }

    func redirected(_ kind: Redirect.Kind) {
        switch kind {
        case .moved: moved.increment()
        case .ask: ask.increment()
        }
    }
}
