internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Headers that every answer has: the request's id, and what keeps browsers from doing harm with it.
struct ResponseHeaders: RouterMiddleware {
    /// Whether this process itself speaks TLS.
    let isTLS: Bool

    /// Everything from this server itself, nothing inline, nothing framed.
    private static let contentSecurityPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
        + "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

    func handle(
        _ request: Request, context: ServiceContext, next: (Request, ServiceContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        if let given = request.headers[.xRequestID], Self.isUsable(given) {
            context.requestID = given
            context.logger[metadataKey: "requestId"] = "\(given)"
        }
        var response = try await next(request, context)
        Self.add(to: &response.headers, requestID: context.requestID, isTLS: isTLS)
        return request.method == .head ? response.createHeadResponse() : response
    }

    static func add(to fields: inout HTTPFields, requestID: String, isTLS: Bool) {
        fields[.xRequestID] = requestID
        fields[.xContentTypeOptions] = "nosniff"
        fields[.contentSecurityPolicy] = contentSecurityPolicy
        fields[.referrerPolicy] = "same-origin"
        if fields[.cacheControl] == nil { fields[.cacheControl] = "no-store" }
        if isTLS { fields[.strictTransportSecurity] = "max-age=31536000" }
    }

    /// A proxy's id is taken over if it can't break a line of the log.
    private static func isUsable(_ id: String) -> Bool {
        (1...64).contains(id.utf8.count)
            && id.utf8.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
                    || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            }
    }
}

extension HTTPField.Name {
    static let xRequestID = Self.known("X-Request-Id")
    static let referrerPolicy = Self.known("Referrer-Policy")
    static let rateLimit = Self.known("RateLimit")
    static let rateLimitPolicy = Self.known("RateLimit-Policy")
    static let xForwardedProto = Self.known("X-Forwarded-Proto")
    static let xAccelBuffering = Self.known("X-Accel-Buffering")

    /// A header that the program names itself.
    static func known(_ name: String) -> Self {
        guard let name = Self(name) else { preconditionFailure("\(name) is no name of a header") }
        return name
    }
}
