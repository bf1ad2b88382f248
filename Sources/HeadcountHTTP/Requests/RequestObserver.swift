internal import HTTPTypes
internal import Hummingbird
internal import Logging
internal import NIOCore

/// Measures and logs each request by its route, never by its path or query: contact ids stand in those.
struct RequestObserver: RouterMiddleware {
    let metrics: HTTPMetrics

    func handle(
        _ request: Request, context: ServiceContext, next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        let start = NIODeadline.now()
        metrics.requestBegan()
        defer { metrics.requestEnded() }
        let response = try await next(request, context)
        let duration = NIODeadline.now() - start
        let route = context.endpointPath.flatMap { $0 == "NotFound" ? nil : $0 } ?? "none"
        metrics.answered(request.method, route: route, status: response.status, duration: duration)
        let level: Logger.Level = response.status.code >= 500 && response.status != .serviceUnavailable ? .error : .info
        context.logger.log(
            level: level, "request",
            metadata: {
                [
                    "method": "\(request.method.rawValue)", "route": "\(route)", "status": "\(response.status.code)",
                    "milliseconds": "\(duration.nanoseconds / 1_000_000)",
                ]
            }())
        return response
    }
}
