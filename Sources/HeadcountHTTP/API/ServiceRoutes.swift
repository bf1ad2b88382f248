internal import HTTPTypes
internal import Headcount
internal import Hummingbird

/// What is answered without a key: health, readiness, metrics and the API's description.
struct ServiceRoutes: Sendable {
    /// How long Redis may take to show that it is there.
    private static let readinessTimeout = Duration.seconds(1)

    let limiter: Limiter
    /// Nil: there is nothing at `/metrics`.
    let metrics: PrometheusMetrics?

    var routes: [Route] {
        let always = [
            Route(.get, "/healthz") { _, _ in try .json(Status(status: "ok")) },
            Route(.get, "/readyz") { _, _ in
                do {
                    try await limiter.ping(within: Self.readinessTimeout)
                } catch let error as HeadcountError where error.isOutage && limiter.failsOpen {
                    // It is of use: a balancer that took all instances away would close what is to fail open.
                }
                return try .json(Status(status: "ready"))
            },
            Route(.get, "/openapi.yaml") { _, _ in
                Self.text(String(decoding: PackageResources.openapi_yaml, as: UTF8.self), "application/yaml")
            },
        ]
        guard let metrics else { return always }
        return always + [
            Route(.get, "/metrics") { _, _ in
                Self.text(metrics.text() + ProcessMetrics.text(), "text/plain; version=0.0.4; charset=utf-8")
            }
        ]
    }

    private struct Status: Encodable {
        let status: String
    }

    private static func text(_ text: String, _ type: String) -> Response {
        Response(status: .ok, headers: [.contentType: type], body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
