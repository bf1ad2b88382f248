internal import Foundation
internal import HTTPTypes
internal import Headcount
internal import Hummingbird

extension DashboardRoutes {
    var downloadRoutes: [Route] {
        [
            route(.get, "/accounts/{account}/members.csv") { try await members($0, .csv) },
            route(.get, "/accounts/{account}/members.json") { try await members($0, .json) },
            route(.get, "/accounts/{account}/daily.csv") { try await daily($0, .csv) },
            route(.get, "/accounts/{account}/daily.json") { try await daily($0, .json) },
            route(.get, "/accounts/{account}/campaigns/{campaign}/report.csv", .read, report),
        ]
    }

    private enum FileFormat: String {
        case csv, json

        var contentType: String { self == .csv ? "text/csv; charset=utf-8" : "application/json" }
    }

    /// - Parameter what: the period or the campaign that it is about.
    private static func headers(_ name: String, _ visit: Visit, of what: String, _ format: FileFormat) -> HTTPFields {
        // Ids of accounts and campaigns have no characters that mean something here.
        let file = "\(visit.account)-\(name)-\(what).\(format.rawValue)".replacing(":", with: "_")
        return [
            .contentType: format.contentType, .contentDisposition: "attachment; filename=\"\(file)\"",
        ]
    }

    private func daily(_ visit: Visit, _ format: FileFormat) async throws -> Response {
        let period = try visit.query(["period"])["period"]
        let summary = try await limiter.summary(of: visit.account, period: period)
        let document = DailyDocument(account: visit.account, summary)
        let headers = Self.headers("daily", visit, of: document.period, format)
        guard format == .csv else { return try .json(document, headers: headers) }
        var text = "day,kind,activated,refused\r\n"
        for day in document.days {
            for (kind, tally) in day.kinds.sorted(by: { $0.key < $1.key }) {
                text += CSVText.row([day.day, kind, String(tally.activated), String(tally.refused)])
            }
        }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    /// Page by page as they are read, so that a million take no more memory than a thousand. What has begun and can't
    /// go on is broken off, so that nobody takes a part for the whole.
    private func members(_ visit: Visit, _ format: FileFormat) async throws -> Response {
        let asked = try visit.query(["period"])["period"]
        let account = visit.account
        let period = try await limiter.usage(of: account, period: asked).period
        let first = try await limiter.contacts(of: account, period: period.name.firstDay)
        let (limiter, authenticator, key) = (limiter, authenticator, visit.visitor.key.id)
        let body = ResponseBody { writer in
            var page = first
            var isFirst = true
            try await writer.write(ByteBuffer(string: format == .csv ? "contact\r\n" : "["))
            while true {
                var text = ""
                for contact in page.contacts {
                    switch format {
                    case .csv: text += CSVText.row([contact])
                    case .json:
                        text += (isFirst ? "" : ",") + JSONString.literal(contact)
                    }
                    isFirst = false
                }
                try await writer.write(ByteBuffer(string: text))
                guard let cursor = page.cursor else { break }
                guard try await authenticator.key(id: key) != nil else { throw CancellationError() }
                page = try await limiter.contacts(of: account, period: period.name.firstDay, cursor: cursor)
            }
            if format == .json { try await writer.write(ByteBuffer(string: "]\n")) }
            try await writer.finish(nil)
        }
        return Response(
            status: .ok, headers: Self.headers("members", visit, of: period.description, format), body: body)
    }

    /// What became of each of a campaign's contacts, page by page as for members.
    private func report(_ visit: Visit) async throws -> Response {
        let campaign = try visit.campaign
        let (campaigns, authenticator) = (limiter.campaigns, authenticator)
        let (account, key) = (visit.account, visit.visitor.key.id)
        // Tells that there is none while there is still a status to tell it with.
        _ = try await campaigns.campaign(campaign, of: account)
        let body = ResponseBody { writer in
            try await writer.write(ByteBuffer(string: ReportFormat.csv.head))
            try await campaigns.forEachPage(of: campaign, account) { _, outcomes in
                guard try await authenticator.key(id: key) != nil else { throw CancellationError() }
                try await writer.write(ByteBuffer(string: outcomes.map(ReportFormat.csv.line).joined()))
            }
            try await writer.finish(nil)
        }
        return Response(status: .ok, headers: Self.headers("campaign", visit, of: campaign, .csv), body: body)
    }
}
