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
        _ event: String, _ visit: Visit, _ next: @escaping @Sendable () async throws -> Data
    ) async throws -> Response {
        // What can't be answered at all gets a status; later on the stream only ends, and the browser asks again.
        let first = try await next()
        let (signIn, authenticator) = (signIn, authenticator)
        let (request, key) = (visit.request, visit.visitor.key.id)
        let body = ResponseBody { writer in
            // Until the browser has gone, the service ends, the visitor is signed out or the key revoked, or Redis is down.
            try? await request.body.consumeWithCancellationOnInboundClose { _ in
                var events = EventStream(event)
                var state = first
                while !Task.isShuttingDownGracefully {
                    if let bytes = events.next(state) { try await writer.write(bytes) }
                    try await Task.sleep(for: EventStream.interval)
                    guard try await authenticator.key(id: key) != nil else { break }
                    if events.isDueToAskWhoLooks, try await signIn.visitor(request) == nil { break }
                    state = try await next()
                }
            }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/event-stream", .cacheControl: "no-store", .xAccelBuffering: "no",
                // Reading on for the browser's leaving takes the connection's next request away.
                .connection: "close",
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
        period = usage.period.name.firstDay
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
