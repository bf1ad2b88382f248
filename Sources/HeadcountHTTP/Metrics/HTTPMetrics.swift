internal import HTTPTypes
internal import Metrics
internal import NIOCore
internal import Synchronization

/// What the service measures of its requests. Handles are made once and kept; labels come from bounded sets.
final class HTTPMetrics: Sendable {
    private struct Answer: Hashable {
        let method: String
        let route: String
        let status: Int
    }

    private let requests = Mutex<[Answer: Counter]>([:])
    private let durations = Mutex<[String: Timer]>([:])
    private let inFlight = Meter(label: "headcount_http_requests_in_flight")
    private let failures: [AuthenticationFailure: Counter]

    init() {
        failures = Dictionary(
            uniqueKeysWithValues: AuthenticationFailure.allCases.map {
                let label = "headcount_authentication_failures_total"
                return ($0, Counter(label: label, dimensions: [("reason", $0.rawValue)]))
            })
    }

    func requestBegan() { inFlight.increment() }

    func requestEnded() { inFlight.decrement() }

    /// - Parameter route: the pattern that matched, or `none`.
    func answered(_ method: HTTPRequest.Method, route: String, status: HTTPResponse.Status, duration: TimeAmount) {
        let answer = Answer(method: Self.label(method), route: route, status: status.code)
        let counter = requests.withLock { requests in
            requests[answer]
                ?? {
                    let dimensions = [
                        ("method", answer.method), ("route", route), ("status", String(answer.status)),
                    ]
                    let counter = Counter(label: "headcount_http_requests_total", dimensions: dimensions)
                    requests[answer] = counter
                    return counter
                }()
        }
        counter.increment()
        let timer = durations.withLock { durations in
            durations[route]
                ?? {
                    let timer = Timer(
                        label: "headcount_http_request_duration_seconds", dimensions: [("route", route)])
                    durations[route] = timer
                    return timer
                }()
        }
        timer.recordNanoseconds(duration.nanoseconds)
    }

    func authenticationFailed(_ reason: AuthenticationFailure) {
        failures[reason]?.increment()
    }

    /// Clients may make up methods of their own.
    private static func label(_ method: HTTPRequest.Method) -> String {
        switch method {
        case .get, .head, .post, .put, .delete, .options, .patch, .trace, .connect: method.rawValue
        default: "other"
        }
    }
}
