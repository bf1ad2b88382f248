internal import HTTPTypes
internal import Headcount
internal import Hummingbird

/// The dashboard: pages rendered here, for people who are signed in with a key of scope `read` or `admin`.
struct DashboardRoutes: Sendable {
    let limiter: Limiter
    let accounts: AccountDirectory
    let liveUsage: LiveUsage
    let authenticator: Authenticator
    let signIn: SignIn
    let templates: Templates

    var routes: [Route] {
        Assets.routes + signIn.routes + overviewRoutes + accountRoutes + planFormRoutes + campaignFormRoutes
            + scenarioFormRoutes + deadLetterFormRoutes + contactRoutes + noticeFormRoutes + erasureFormRoutes
            + downloadRoutes + eventRoutes
    }

    /// Somebody who is signed in asks for something that concerns an account, or all of them.
    struct Visit {
        let request: Request
        let context: ServiceContext
        let visitor: Visitor
        /// Empty where all accounts are concerned.
        let account: String

        func query(_ known: Set<String>) throws(Problem) -> QueryParameters {
            try QueryParameters(request, known: known, ignoresOthers: true)
        }

        /// The part of the path that the pattern calls `name`, decoded.
        ///
        /// - Parameters:
        ///   - kind: of the problem that it is if its escapes are malformed.
        ///   - what: what it is, in words.
        func part(_ name: String, _ kind: Problem.Kind, _ what: String) throws(Problem) -> String {
            guard let part = context.parameter(name) else {
                throw Problem(kind, "the \(what)'s % escapes are malformed", value: context.parameters.get(name))
            }
            return part
        }

        /// The campaign in the path.
        var campaign: String {
            get throws(Problem) { try part("campaign", .invalidCampaign, "campaign id") }
        }
    }

    /// What is answered to somebody who is not signed in.
    enum Stranger {
        /// The form, and back here afterwards.
        case signsIn
        /// 401, for what is not a page.
        case isRefused
    }

    func route(
        _ method: HTTPRequest.Method, _ path: String, _ scope: APIKeyScope = .read, stranger: Stranger = .signsIn,
        _ answer: @escaping @Sendable (Visit) async throws -> Response
    ) -> Route {
        Route(method, path) { request, context in
            guard let visitor = try await signIn.visitor(request) else { return try refuse(request, stranger) }
            var account: String?
            if context.parameters.get("account") != nil {
                guard let decoded = context.parameter("account") else {
                    throw Problem(.invalidAccount, "the account id's % escapes are malformed")
                }
                account = decoded
            }
            if account == nil, visitor.key.account != nil, stranger == .signsIn {
                // Who is bound to an account has no pages but that account's.
                return .redirect(to: visitor.home)
            }
            try authenticator.check(visitor.key, allows: scope, on: account)
            if let account { try Identifier.check(account: account) }
            return try await answer(
                Visit(request: request, context: context, visitor: visitor, account: account ?? ""))
        }
    }

    private func refuse(_ request: Request, _ stranger: Stranger) throws(Problem) -> Response {
        guard stranger == .signsIn else { throw Problem(.unauthenticated, "sign in to the dashboard first") }
        let isForm = request.method == .post
        return .redirect(to: DashboardPath.with("/sign-in", ["next": isForm ? nil : request.uri.string]))
    }

    /// A problem as a page, with the frame of who is signed in, if that can be found out.
    func errorPage(_ problem: Problem, _ request: Request, _ context: ServiceContext) async -> Response {
        let visitor = problem.kind == .unavailable ? nil : try? await signIn.visitor(request)
        let page = ErrorPage(
            problem, requestID: context.requestID, path: request.uri.string, visitor: visitor)
        var response = templates.page("error", page, status: problem.kind.status)
        response.headers.append(contentsOf: problem.headers)
        return response
    }
}
