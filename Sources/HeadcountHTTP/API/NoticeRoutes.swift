internal import HTTPTypes
internal import Headcount
internal import Hummingbird

extension APIRoutes {
    var noticeRoutes: [Route] {
        [
            route(.get, "/notices", .read, notices),
            route(.put, "/notices", .admin, setNotices),
            route(.post, "/notices/{notice}/resend", .admin, resend),
        ]
    }

    private func notices(_ call: Call) async throws -> Response {
        _ = try call.query()
        let settings = try await limiter.notices.settings(of: call.account)
        let notices = try await limiter.notices.list(of: call.account)
        return try .json(
            NoticeListDocument(
                account: call.account, url: Nullable(settings.url), thresholds: Nullable(settings.thresholds),
                notices: notices.map { NoticeDocument($0) }))
    }

    private func setNotices(_ call: Call) async throws -> Response {
        _ = try call.query()
        let body = try await JSONBody.decode(NoticeSettingsRequest.self, from: call.request)
        var settings = try await limiter.notices.settings(of: call.account)
        if let url = body.url { settings.url = url.value }
        if let thresholds = body.thresholds { settings.thresholds = thresholds.value }
        try await limiter.notices.set(settings, for: call.account)
        return try .json(
            NoticeSettingsDocument(
                account: call.account, url: Nullable(settings.url), thresholds: Nullable(settings.thresholds)))
    }

    private func resend(_ call: Call) async throws -> Response {
        _ = try call.query()
        let notice = try call.part("notice", .invalidNotices, "notice id")
        try await limiter.notices.resend(notice, of: call.account)
        return try .json(ResendDocument(account: call.account, id: notice), status: .accepted)
    }
}

/// What is to change; what is left out stays as it is, and null goes back to the configuration's.
struct NoticeSettingsRequest: Decodable, Sendable {
    let url: Given<String>?
    let thresholds: Given<[Int]>?

    /// A field that is there, perhaps with null.
    struct Given<Value: Decodable & Sendable>: Decodable, Sendable {
        let value: Value?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            value = container.decodeNil() ? nil : try container.decode(Value.self)
        }
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(known: ["url", "thresholds"])
        url = try fields.value("url", as: Given<String>.self)
        thresholds = try fields.value("thresholds", as: Given<[Int]>.self)
        if url == nil, thresholds == nil {
            throw Problem(.invalidBody, "nothing to change; give url or thresholds")
        }
    }
}

private struct NoticeListDocument: Encodable {
    let account: String
    let url: Nullable<String>
    let thresholds: Nullable<[Int]>
    let notices: [NoticeDocument]
}

private struct NoticeSettingsDocument: Encodable {
    let account: String
    let url: Nullable<String>
    let thresholds: Nullable<[Int]>
}

private struct ResendDocument: Encodable {
    let account, id: String
}
