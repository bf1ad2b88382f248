internal import Hummingbird

extension DashboardRoutes {
    var overviewRoutes: [Route] {
        [
            route(.get, "/") { visit in
                let query = try visit.query(["q", "page"])
                let list = try await accounts.list()
                let (visitor, templates) = (visit.visitor, templates)
                // There may be 100,000 to look through: not on the event loop.
                return await withTaskExecutorPreference(globalConcurrentExecutor) {
                    let page = OverviewPage(
                        list, query: (query["q"] ?? "").trimmingSpaces, page: query["page"].flatMap { Int($0) } ?? 1,
                        visitor: visitor)
                    return templates.page("overview", page)
                }
            }
        ]
    }
}

extension String {
    fileprivate var trimmingSpaces: String {
        String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
