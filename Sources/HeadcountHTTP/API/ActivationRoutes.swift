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
                ActivationDocument(contact: contact, standing: Standing(account: call.account, decision: decision)),
                headers: RateLimitHeaders(decision, now: limiter.serverTime).fields)
        case .many(let contacts):
            let decisions = try await limiter.activate(contacts, in: call.account, by: action)
            guard let last = decisions.last else { throw Problem.internalError }
            return try Response.json(
                ActivationBatchDocument(
                    contacts: contacts, decisions, standing: Standing(account: call.account, decision: last)),
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
///
/// Written field by field, in one container and with plain values: this is what most requests are answered with.
private struct Standing {
    let account: String
    let decision: Decision

    func encode(to container: inout KeyedEncodingContainer<FieldName>) throws {
        func number(_ value: Int) -> Int? { value == .max ? nil : value }
        try container.encode(account, forKey: "account")
        try container.encode(decision.period.description, forKey: "period")
        try container.encode(decision.verdict == .notCounted ? nil : decision.used, forKey: "used")
        try container.encode(number(decision.limit), forKey: "limit")
        try container.encode(number(decision.remaining), forKey: "remaining")
        try container.encode(decision.resetsAt.formatted(.iso8601), forKey: "resetsAt")
        try container.encode(decision.overLimit, forKey: "overLimit")
    }
}

private struct ActivationDocument: Encodable {
    let contact: String
    let standing: Standing

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: FieldName.self)
        try standing.encode(to: &container)
        try container.encode(contact, forKey: "contact")
        try container.encode(standing.decision.verdict.rawValue, forKey: "verdict")
    }
}

private struct ActivationBatchDocument: Encodable {
    private struct Result: Encodable {
        let contact: String
        let verdict: String
    }

    private let results: [Result]
    private let counts: [Verdict: Int]
    private let standing: Standing

    init(contacts: [String], _ decisions: [Decision], standing: Standing) {
        results = zip(contacts, decisions).map { Result(contact: $0, verdict: $1.verdict.rawValue) }
        counts = decisions.reduce(into: [:]) { $0[$1.verdict, default: 0] += 1 }
        self.standing = standing
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: FieldName.self)
        try standing.encode(to: &container)
        try container.encode(results, forKey: "results")
        try container.encode(counts[.activated, default: 0], forKey: "activated")
        try container.encode(counts[.alreadyActivated, default: 0], forKey: "alreadyActivated")
        try container.encode(counts[.limitReached, default: 0], forKey: "limitReached")
        try container.encode(counts[.notCounted, default: 0], forKey: "notCounted")
    }
}
