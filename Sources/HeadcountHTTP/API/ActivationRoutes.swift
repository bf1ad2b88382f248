internal import Foundation
internal import HTTPTypes
internal import Headcount
internal import Hummingbird

extension APIRoutes {
    var activationRoutes: [Route] {
        [route(.post, "/activations", .activate, activate)]
    }

    private func activate(_ call: Call) async throws -> Response {
        _ = try call.query()
        let body = try await JSONBody.decode(ActivationRequest.self, from: call.request)
        let action = try Action(body.by)
        switch body.asked {
        case .one(let contact):
            let decision = try await limiter.activate(contact, in: call.account, by: action)
            return try Response.json(
                ActivationDocument(contact: contact, decision, account: call.account),
                headers: RateLimitHeaders(decision, now: limiter.serverTime).fields)
        case .many(let contacts):
            let decisions = try await limiter.activate(contacts, in: call.account, by: action)
            guard let last = decisions.last else { throw Problem.internalError }
            return try Response.json(
                ActivationBatchDocument(contacts: contacts, decisions, last: last, account: call.account),
                headers: RateLimitHeaders(last, now: limiter.serverTime).fields)
        }
    }
}

/// `{"contact":…,"by":…}` or `{"contacts":[…],"by":…}`.
private struct ActivationRequest: Decodable {
    static let maximumContacts = 10_000

    enum Asked {
        case one(String)
        case many([String])
    }

    let asked: Asked
    let by: String

    init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(known: ["by", "contact", "contacts"])
        let contact = try fields.value("contact", as: String.self)
        let contacts = try fields.value("contacts", as: [String].self)
        guard let by = try fields.value("by", as: String.self) else {
            throw Problem(.invalidBody, "by is missing; give KIND or KIND:ID, such as campaign:spring")
        }
        self.by = by
        switch (contact, contacts) {
        case (let contact?, nil): asked = .one(contact)
        case (nil, let contacts?):
            guard (1...Self.maximumContacts).contains(contacts.count) else {
                throw Problem(
                    .invalidBody, "contacts has \(contacts.count) elements; give 1 to \(Self.maximumContacts)")
            }
            asked = .many(contacts)
        case (_?, _?): throw Problem(.invalidBody, "give either contact or contacts, not both")
        case (nil, nil): throw Problem(.invalidBody, "contact is missing; give contact, or contacts for many")
        }
    }
}

/// Where the account stands right after the last verdict. Numbers are null where Redis was not asked.
private struct StandingFields: Encodable {
    let account, period: String
    let used: Nullable<Int>
    let limit, remaining: LimitNumber
    let resetsAt: Date
    let overLimit: Bool

    init(_ decision: Decision, account: String) {
        self.account = account
        period = decision.period.description
        used = Nullable(decision.verdict == .notCounted ? nil : decision.used)
        limit = LimitNumber(decision.limit)
        remaining = LimitNumber(decision.remaining)
        resetsAt = decision.resetsAt
        overLimit = decision.overLimit
    }
}

private struct ActivationDocument: Encodable {
    private enum CodingKeys: CodingKey {
        case contact, verdict
    }

    private let contact: String
    private let verdict: Verdict
    private let standing: StandingFields

    init(contact: String, _ decision: Decision, account: String) {
        self.contact = contact
        verdict = decision.verdict
        standing = StandingFields(decision, account: account)
    }

    func encode(to encoder: any Encoder) throws {
        try standing.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(contact, forKey: .contact)
        try container.encode(verdict, forKey: .verdict)
    }
}

private struct ActivationBatchDocument: Encodable {
    private enum CodingKeys: CodingKey {
        case results, activated, alreadyActivated, limitReached, notCounted
    }

    private struct Result: Encodable {
        let contact: String
        let verdict: Verdict
    }

    private let results: [Result]
    private let counts: [Verdict: Int]
    private let standing: StandingFields

    init(contacts: [String], _ decisions: [Decision], last: Decision, account: String) {
        results = zip(contacts, decisions).map { Result(contact: $0, verdict: $1.verdict) }
        counts = decisions.reduce(into: [:]) { $0[$1.verdict, default: 0] += 1 }
        standing = StandingFields(last, account: account)
    }

    func encode(to encoder: any Encoder) throws {
        try standing.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(results, forKey: .results)
        try container.encode(counts[.activated, default: 0], forKey: .activated)
        try container.encode(counts[.alreadyActivated, default: 0], forKey: .alreadyActivated)
        try container.encode(counts[.limitReached, default: 0], forKey: .limitReached)
        try container.encode(counts[.notCounted, default: 0], forKey: .notCounted)
    }
}
