internal import Foundation
internal import HTTPTypes
internal import Headcount
internal import Hummingbird

extension APIRoutes {
    var activationRoutes: [Route] {
        [route(.post, "/activations", .activate, mayFailOpen: true, activate)]
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
struct ActivationRequest: Decodable, Sendable {
    let asked: AskedContacts
    let by: String

    init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(known: ["by", "contact", "contacts"])
        by = try fields.action()
        asked = try AskedContacts(in: fields)
    }
}
