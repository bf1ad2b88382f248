internal import Foundation
internal import HTTPTypes
internal import Headcount
internal import Hummingbird
internal import Logging

/// Signing in to the dashboard with an API key, and out again.
struct SignIn: Sendable {
    private static let cookieName = "headcount_session"
    private static let formCookieName = "headcount_form"

    let limiter: Limiter
    let authenticator: Authenticator
    let seal: SessionSeal
    let templates: Templates
    /// Whether this process itself speaks TLS.
    let isTLS: Bool

    private var signedOut: SignedOutSessions { SignedOutSessions(limiter: limiter) }

    var routes: [Route] {
        [
            Route(.get, "/sign-in", showForm),
            Route(.post, "/sign-in", signIn),
            Route(.post, "/sign-out", signOut),
        ]
    }

    /// Who is signed in; nil if nobody is. A key that was revoked is noticed within a second.
    func visitor(_ request: Request) async throws -> Visitor? {
        guard let cookie = request.cookies[Self.cookieName]?.value,
            let session = seal.open(cookie, now: limiter.serverTime), try await !signedOut.contains(session),
            let key = try await authenticator.key(id: session.keyID)
        else { return nil }
        return Visitor(key: key, formToken: seal.formToken(for: cookie))
    }

    /// The fields of a form that was made for who sends it.
    ///
    /// - Throws: ``Problem``: `forbidden` when it was not, or when a field is malformed.
    func form(_ request: Request, known: Set<String>) async throws -> QueryParameters {
        let form = try await Self.fields(request, known: known)
        guard let cookie = request.cookies[Self.cookieName]?.value, seal.isFormToken(form["csrf"] ?? "", for: cookie)
        else { throw Problem(.forbidden, "this form is out of date; reload the page and send it again") }
        return form
    }

    private static func fields(_ request: Request, known: Set<String>) async throws -> QueryParameters {
        let bytes = try await request.body(upTo: 16 * 1024, "a form has 16 KiB at most")
        return try QueryParameters(String(buffer: bytes), known: known, kind: .invalidBody)
    }

    private func showForm(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let next = Self.localPath(try QueryParameters(request, known: ["next"], ignoresOthers: true)["next"])
        if let visitor = try await visitor(request) { return .redirect(to: next ?? visitor.home) }
        return page(request, next: next)
    }

    private func signIn(_ request: Request, _ context: ServiceContext) async throws -> Response {
        let form = try await Self.fields(request, known: ["csrf", "next", "key"])
        let next = Self.localPath(form["next"])
        // Nobody else's page may sign a browser in.
        guard let cookie = request.cookies[Self.formCookieName]?.value,
            seal.isFormToken(form["csrf"] ?? "", for: cookie)
        else {
            return page(
                request, next: next, problem: "Your browser did not keep this form’s cookie. Please try again.",
                status: .forbidden)
        }
        let key: APIKey
        do {
            key = try await authenticator.key(text: (form["key"] ?? "").filter { !$0.isWhitespace })
        } catch let problem as Problem where problem.kind == .unauthenticated || problem.kind == .tooManyFailures {
            let text =
                problem.kind == .tooManyFailures
                ? "Too many attempts with this key. Please try again in a minute."
                : "This key is not known, has expired or was revoked."
            return page(request, next: next, problem: text, status: problem.kind.status, headers: problem.headers)
        }
        guard key.scope.includes(.read) else {
            return page(
                request, next: next,
                problem: "This key is for asking about contacts only; sign in with one of scope read or admin.",
                status: .forbidden)
        }
        let session = Session(keyID: key.id, now: limiter.serverTime)
        let visitor = Visitor(key: key, formToken: "")
        var response = Response.redirect(to: next ?? visitor.home)
        response.setCookie(
            Cookie(
                name: Self.cookieName, value: seal.seal(session), maxAge: Int(Session.duration), path: "/",
                secure: isSecure(request), sameSite: .lax))
        context.logger.notice("signed in", metadata: ["key": "\(key.id)"])
        return response
    }

    private func signOut(_ request: Request, _ context: ServiceContext) async throws -> Response {
        _ = try await form(request, known: ["csrf"])
        if let cookie = request.cookies[Self.cookieName]?.value,
            let session = seal.open(cookie, now: limiter.serverTime)
        {
            try await signedOut.insert(session)
        }
        var response = Response.redirect(to: "/sign-in")
        response.setCookie(
            Cookie(name: Self.cookieName, value: "", maxAge: 0, path: "/", secure: isSecure(request), sameSite: .lax))
        return response
    }

    private func page(
        _ request: Request, next: String?, problem: String? = nil, status: HTTPResponse.Status = .ok,
        headers: HTTPFields = HTTPFields()
    ) -> Response {
        let known = request.cookies[Self.formCookieName]?.value
        let cookie = known ?? Hexadecimal.random(bytes: 16)
        let page = SignInPage(csrf: seal.formToken(for: cookie), next: next ?? "", problem: problem)
        var response = templates.page("sign-in", page, status: status)
        response.headers[.retryAfter] = headers[.retryAfter]
        if known == nil {
            response.setCookie(
                Cookie(
                    name: Self.formCookieName, value: cookie, path: "/sign-in", secure: isSecure(request),
                    sameSite: .strict))
        }
        return response
    }

    /// Behind a proxy that ends TLS, the browser's side counts.
    private func isSecure(_ request: Request) -> Bool { isTLS || request.headers[.xForwardedProto] == "https" }

    /// A path of this server; nil for anything that leads elsewhere.
    static func localPath(_ text: String?) -> String? {
        guard let text, text.hasPrefix("/"), !text.hasPrefix("//"),
            text.utf8.allSatisfy({ (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "\\") })
        else { return nil }
        return text
    }
}
