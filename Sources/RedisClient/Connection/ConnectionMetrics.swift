internal import Metrics

/// What is measured of the connections of a client, by swift-metrics.
struct ConnectionMetrics: Sendable {
    private let connected = Meter(label: "headcount_redis_connected")
    private let connections = Counter(label: "headcount_redis_connections_total")
    private let callsInFlight = Meter(label: "headcount_calls_in_flight")

    init() {
        connected.set(0)
    }

    func connectionMade() {
        connected.set(1)
        connections.increment()
    }

    func connectionLost() {
        connected.set(0)
    }

    func callBegan() {
        callsInFlight.increment()
    }

    func callEnded() {
        callsInFlight.decrement()
    }
}
