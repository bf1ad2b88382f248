internal import Foundation
internal import HTTPTypes
internal import Headcount
internal import Hummingbird
internal import NIOFoundationEssentialsCompat

/// The HTTP API, `/v1`: one value that knows the limiter, and a file for each group of paths. docs/openapi.yaml
/// describes it.
struct APIRoutes: Sendable {
    let limiter: Limiter
    let accounts: AccountDirectory
    let authenticator: Authenticator

    var routes: [Route] {
        activationRoutes + reservationRoutes + readingRoutes + planRoutes + identityRoutes + campaignRoutes
            + noticeRoutes + scenarioRoutes + channelRoutes + deadLetterRoutes
    }

    /// A request whose key may do what it asks, with the account in its path.
    struct Call {
        let request: Request
        let context: ServiceContext
        let key: APIKey
        let account: String

        /// The rest of the query is nobody's: it has no other parameters than `known`.
        func query(_ known: Set<String> = []) throws(Problem) -> QueryParameters {
            try QueryParameters(request, known: known)
        }

        /// The part of the path that the pattern calls `name`, decoded.
        ///
        /// - Parameters:
        ///   - kind: of the problem that it is if its escapes are malformed.
        ///   - what: what it is, in words.
        func part(_ name: String, _ kind: Problem.Kind, _ what: String) throws(Problem) -> String {
            guard let part = context.parameter(name) else {
                throw Problem(kind, "the \(what)'s % escapes are malformed", value: context.parameters.get(name))
            }
            return part
        }

        /// The contact in the path.
        var contact: String {
            get throws(Problem) { try part("contact", .invalidContact, "contact id") }
        }
    }

    /// A route on an account, for keys of the scope.
    ///
    /// - Parameter mayFailOpen: whether a key that was known a while ago is good enough while Redis can't be asked, where the
    ///   policy is to fail open.
    func route(
        _ method: HTTPRequest.Method, _ path: String, _ scope: APIKeyScope, mayFailOpen: Bool = false,
        _ answer: @escaping @Sendable (Call) async throws -> Response
    ) -> Route {
        Route(method, "/v1/accounts/{account}\(path)") { request, context in
            let key = try await authenticator.key(of: request, mayFailOpen: mayFailOpen)
            let account = context.parameter("account")
            try authenticator.check(key, allows: scope, on: account)
            guard let account else {
                throw Problem(
                    .invalidAccount, "the account id's % escapes are malformed",
                    value: context.parameters.get("account"))
            }
            try Identifier.check(account: account)
            return try await answer(Call(request: request, context: context, key: key, account: account))
        }
    }
}

extension Response {
    /// A JSON document.
    static func json(
        _ document: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = HTTPFields()
    ) throws -> Response {
        var headers = headers
        headers[.contentType] = "application/json"
        let bytes = ByteBuffer(data: try JSONText.data(document))
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: bytes))
    }
}
