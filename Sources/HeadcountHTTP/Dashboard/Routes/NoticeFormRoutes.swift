internal import Headcount
internal import Hummingbird

extension DashboardRoutes {
    var noticeFormRoutes: [Route] {
        [route(.post, "/accounts/{account}/notices/{notice}/resend", .admin, resend)]
    }

    private func resend(_ visit: Visit) async throws -> Response {
        _ = try await signIn.form(visit.request, known: ["csrf"])
        let notice = try visit.part("notice", .invalidNotices, "notice id")
        try await limiter.notices.resend(notice, of: visit.account)
        return .redirect(to: "\(DashboardPath.account(visit.account))#notices")
    }
}
