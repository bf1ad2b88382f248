internal import HTTPTypes
internal import Headcount
internal import Hummingbird

extension APIRoutes {
    var channelRoutes: [Route] {
        [
            route(.get, "/channels", .read, channels),
            route(.put, "/channels/instagram/{id}", .admin, linkInstagram),
            route(.delete, "/channels/instagram/{id}", .admin, unlinkInstagram),
            route(.put, "/channels/generic", .admin, linkGeneric),
            route(.delete, "/channels/generic", .admin, unlinkGeneric),
        ]
    }

    private func channels(_ call: Call) async throws -> Response {
        _ = try call.query()
        return try await links(call)
    }

    private func linkInstagram(_ call: Call) async throws -> Response {
        _ = try call.query()
        // Whose an id is among all accounts, is not for one of them to say: its events would go where that one wants.
        guard call.key.account == nil else {
            throw Problem(
                .forbidden, "a key of one account can't link Instagram ids; use an admin key for all accounts",
                value: try call.instagram)
        }
        try await limiter.channels.link(instagram: [try call.instagram], to: call.account)
        return try await links(call)
    }

    private func unlinkInstagram(_ call: Call) async throws -> Response {
        _ = try call.query()
        try await limiter.channels.unlink(instagram: [try call.instagram], from: call.account)
        return Response(status: .noContent)
    }

    private func linkGeneric(_ call: Call) async throws -> Response {
        _ = try call.query()
        let secrets = try await JSONBody.decode(GenericLinkRequest.self, from: call.request).secrets
        try await limiter.channels.link(genericSecrets: secrets, to: call.account)
        return try await links(call)
    }

    private func unlinkGeneric(_ call: Call) async throws -> Response {
        _ = try call.query()
        try await limiter.channels.unlinkGeneric(from: call.account)
        return Response(status: .noContent)
    }

    private func links(_ call: Call) async throws -> Response {
        let links = try await limiter.channels.links(of: call.account)
        return try .json(ChannelLinksDocument(links, of: call.account))
    }
}

extension APIRoutes.Call {
    /// The Instagram account in the path.
    fileprivate var instagram: String {
        get throws(Problem) { try part("id", .invalidChannel, "Instagram id") }
    }
}

/// `{"secrets":[…]}`.
struct GenericLinkRequest: Decodable, Sendable {
    let secrets: [String]

    init(from decoder: any Decoder) throws {
        let fields = try decoder.fields(known: ["secrets"])
        guard let secrets = try fields.value("secrets", as: [String].self) else {
            throw Problem(.invalidBody, "secrets is missing; give one, or two while one takes the other's place")
        }
        self.secrets = secrets
    }
}
