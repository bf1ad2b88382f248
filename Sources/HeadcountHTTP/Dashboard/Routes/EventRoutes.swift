internal import Foundation
internal import HTTPTypes
internal import Headcount
internal import Hummingbird
internal import ServiceLifecycle

extension DashboardRoutes {
    private static let maximumAccounts = 100

    /// Server-sent events (HTML, "Server-sent events"): the present state at once, then what changes, twice a second at
    /// most.
    var eventRoutes: [Route] {
        [
            route(.get, "/accounts/{account}/events", stranger: .isRefused) { visit in
                let account = visit.account
                return try await stream("usage", visit) {
                    try JSONText.data(LiveUsageDocument(try await liveUsage.usage(of: account)))
                }
            },
            route(.get, "/events", stranger: .isRefused) { visit in
                let accounts = try Self.accounts(visit.query(["accounts"])["accounts"] ?? "")
                return try await stream("accounts", visit) {
                    let usages = try await concurrently(accounts) { try await liveUsage.usage(of: $0) }
                    return try JSONText.data(usages.map { LiveUsageDocument($0) })
                }
            },
        ]
    }

    private static func accounts(_ list: String) throws -> [String] {
        let accounts = list.split(separator: ",").map(String.init)
        guard accounts.count <= maximumAccounts else {
            throw Problem(.invalidQuery, "give at most \(maximumAccounts) accounts")
        }
        for account in accounts { try Identifier.check(account: account) }
        return accounts
    }

    private func stream(
        _ event: String, _ visit: Visit, _ state: @escaping @Sendable () async throws -> Data
    ) async throws -> Response {
        // What can't be answered at all gets a status; later on the stream only ends, and the browser asks again.
        let first = try await state()
        let key = visit.visitor.key.id
        let authenticator = authenticator
        let body = ResponseBody { writer in
            var events = EventStream(event)
            try await writer.write(events.next(first) ?? ByteBuffer())
            // Until the service ends, the key is revoked, Redis is gone, or the browser.
            while !Task.isShuttingDownGracefully, try await authenticator.key(id: key) != nil {
                try await Task.sleep(for: EventStream.interval)
                if let bytes = events.next(try await state()) { try await writer.write(bytes) }
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store", .xAccelBuffering: "no",
            ], body: body)
    }
}

/// An account's standing for the script of the pages: numbers, and the words that are shown.
private struct LiveUsageDocument: Encodable {
    let account, period: String
    let used, refusedContacts: Int
    let limit, remaining: LimitNumber
    let percent: Nullable<Int>
    let usedText, limitText, remainingText, percentText, refusedText, state, stateText: String

    init(_ usage: Usage) {
        account = usage.account
        period = usage.period.description
        used = usage.used
        refusedContacts = usage.refusedContacts
        limit = LimitNumber(usage.limit)
        remaining = LimitNumber(usage.remaining)
        percent = Nullable(usage.percentUsed)
        let view = UsageView(usage)
        usedText = view.usedText
        limitText = view.limitText
        remainingText = view.remainingText
        percentText = view.percentText
        refusedText = view.refusedText
        state = view.state
        stateText = view.stateText
    }
}
