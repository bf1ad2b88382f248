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
            return answer(ActivationText.one(contact, decision, in: call.account), decision)
        case .many(let contacts):
            let decisions = try await limiter.activate(contacts, in: call.account, by: action)
            guard let last = decisions.last else { throw Problem.internalError }
            return answer(ActivationText.many(contacts, decisions, last: last, in: call.account), last)
        }
    }

    private func answer(_ json: String, _ decision: Decision) -> Response {
        var headers = RateLimitHeaders(decision, now: limiter.serverTime).fields
        headers[.contentType] = "application/json"
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: json)))
    }
}

/// `{"contact":…,"by":…}` or `{"contacts":[…],"by":…}`.
private struct ActivationRequest: Decodable, Sendable {
    static let maximumContacts = 10_000

    enum Asked: Sendable {
        case one(String)
        case many([String])
    }

    let asked: Asked
    let by: String

    init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(known: ["by", "contact", "contacts"])
        let contact = try fields.value("contact", as: String.self)
        let contacts = try Self.contacts(in: fields)
        guard let by = try fields.value("by", as: String.self) else {
            throw Problem(.invalidBody, "by is missing; give KIND or KIND:ID, such as campaign:spring")
        }
        self.by = by
        switch (contact, contacts) {
        case (let contact?, nil): asked = .one(contact)
        case (nil, let contacts?): asked = .many(contacts)
        case (_?, _?): throw Problem(.invalidBody, "give either contact or contacts, not both")
        case (nil, nil): throw Problem(.invalidBody, "contact is missing; give contact, or contacts for many")
        }
    }

    /// Their number is looked at before any of them is.
    private static func contacts(in fields: KeyedDecodingContainer<FieldName>) throws -> [String]? {
        let key = FieldName(stringValue: "contacts")
        guard fields.contains(key) else { return nil }
        let count = try fields.nestedUnkeyedContainer(forKey: key).count ?? 0
        guard (1...maximumContacts).contains(count) else {
            throw Problem(.invalidBody, "contacts has \(count) elements; give 1 to \(maximumContacts)")
        }
        return try fields.decode([String].self, forKey: key)
    }
}
