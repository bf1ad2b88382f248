internal import Hummingbird

extension DashboardRoutes {
    var overviewRoutes: [Route] {
        [
            route(.get, "/") { visit in
                let query = try visit.query(["q", "page"])
                let page = OverviewPage(
                    try await accounts.list(), query: (query["q"] ?? "").trimmingSpaces,
                    page: query["page"].flatMap { Int($0) } ?? 1, visitor: visit.visitor)
                return templates.page("overview", page)
            }
        ]
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
