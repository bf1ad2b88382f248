internal import Hummingbird

extension DashboardRoutes {
    var overviewRoutes: [Route] {
        [
            Route(.get, "/") { request, context in
                // Who is bound to an account has no overview, but that account.
                if let visitor = try await signIn.visitor(request), visitor.key.account != nil {
                    return .redirect(to: visitor.home)
                }
                return try await overview.handler(request, context)
            }
        ]
    }

    private var overview: Route {
        route(.get, "/") { visit in
            let query = try visit.query(["q", "page"])
            let page = OverviewPage(
                try await accounts.list(), query: (query["q"] ?? "").trimmingSpaces,
                page: query["page"].flatMap { Int($0) } ?? 1, visitor: visit.visitor)
            return templates.page("overview", page)
        }
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
