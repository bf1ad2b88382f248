internal import HTTPTypes
internal import Headcount
internal import Hummingbird
internal import Logging
internal import NIOHTTP1

/// Turns what handlers throw into problem documents, or into pages for those who look at pages.
struct ProblemMiddleware: RouterMiddleware {
    let routes: RouteTable
    let errorPage: @Sendable (Problem, Request, ServiceContext) async -> Response
    private let unavailableLog = LogThrottle()

    init(
        routes: RouteTable, errorPage: @escaping @Sendable (Problem, Request, ServiceContext) async -> Response
    ) {
        self.routes = routes
        self.errorPage = errorPage
    }

    func handle(
        _ request: Request, context: ServiceContext, next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as HTTPParserError {
            // Hummingbird must see it, to close the connection.
            throw error
        } catch {
            let problem = problem(from: error, request, context)
            return Self.wantsPage(request)
                ? await errorPage(problem, request, context)
                : problem.response(requestID: context.requestID)
        }
    }

    private func problem(from error: any Error, _ request: Request, _ context: ServiceContext) -> Problem {
        switch error {
        case let problem as Problem: return problem
        case let error as HeadcountError:
            if error.code == .unavailable {
                if unavailableLog.isDue {
                    context.logger.warning("no answer from Redis", metadata: ["reason": "\(error.reason)"])
                }
            } else if Problem(error).kind == .internalError {
                context.logger.error("failed", metadata: ["error": "\(error)"])
            }
            return Problem(error)
        case is ConnectionGuard.BodyTooSlow:
            return Problem(.requestTimeout, "the body did not arrive in time", headers: [.connection: "close"])
        case let error as HTTPError where error.status == .notFound: return nothingHere(request)
        case is CancellationError: return .unavailable
        default:
            context.logger.error("failed", metadata: ["error": "\(error)"])
            return .internalError
        }
    }

    private func nothingHere(_ request: Request) -> Problem {
        let methods = routes.methods(at: request.uri.path)
        guard !methods.isEmpty else { return Problem(.notFound, "there is nothing at this path") }
        let names = methods.joined(separator: ", ")
        return Problem(
            .methodNotAllowed, "this path has \(names)", value: request.method.rawValue, headers: [.allow: names])
    }

    /// Browsers ask for HTML by name; clients of the API don't, or ask under `/v1`.
    private static func wantsPage(_ request: Request) -> Bool {
        !request.uri.path.hasPrefix("/v1/") && (request.headers[.accept] ?? "").contains("text/html")
    }
}
