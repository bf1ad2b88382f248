internal import Foundation
internal import HTTPTypes
internal import Headcount
internal import Hummingbird
internal import NIOFoundationEssentialsCompat

/// What is answered instead of what was asked for: a problem document (RFC 9457), or a page that says the same.
struct Problem: Error {
    /// The kinds there are, named as in `type`, `/problems/KIND`.
    enum Kind: String {
        case malformedJSON = "malformed_json"
        case invalidBody = "invalid_body"
        case unknownField = "unknown_field"
        case invalidQuery = "invalid_query"
        case malformedRequest = "malformed_request"
        case unauthenticated
        case forbidden
        case notFound = "not_found"
        case methodNotAllowed = "method_not_allowed"
        case requestTimeout = "request_timeout"
        case conflict
        case notConfigured = "not_configured"
        case contentTooLarge = "content_too_large"
        case unsupportedMediaType = "unsupported_media_type"
        case invalidAccount = "invalid_account"
        case invalidContact = "invalid_contact"
        case invalidAction = "invalid_action"
        case invalidPlan = "invalid_plan"
        case invalidPeriod = "invalid_period"
        case invalidToken = "invalid_token"
        case invalidLease = "invalid_lease"
        case invalidCampaign = "invalid_campaign"
        case invalidNotices = "invalid_notices"
        case invalidScenario = "invalid_scenario"
        case invalidChannel = "invalid_channel"
        case tooManyFailures = "too_many_failures"
        case headerTooLarge = "header_too_large"
        case internalError = "internal_error"
        case unavailable

        var status: HTTPResponse.Status {
            switch self {
            case .malformedJSON, .invalidBody, .unknownField, .invalidQuery, .malformedRequest: .badRequest
            case .unauthenticated: .unauthorized
            case .forbidden: .forbidden
            case .notFound: .notFound
            case .methodNotAllowed: .methodNotAllowed
            case .requestTimeout: .requestTimeout
            case .conflict, .notConfigured: .conflict
            case .contentTooLarge: .contentTooLarge
            case .unsupportedMediaType: .unsupportedMediaType
            case .invalidAccount, .invalidContact, .invalidAction, .invalidPlan, .invalidPeriod, .invalidToken,
                .invalidLease, .invalidCampaign, .invalidNotices, .invalidScenario, .invalidChannel:
                .unprocessableContent
            case .tooManyFailures: .tooManyRequests
            case .headerTooLarge: .requestHeaderFieldsTooLarge
            case .internalError: .internalServerError
            case .unavailable: .serviceUnavailable
            }
        }

        /// In words: `Content too large`.
        var title: String {
            if self == .malformedJSON { return "Malformed JSON" }
            let words = rawValue.replacing("_", with: " ")
            return words.prefix(1).uppercased() + words.dropFirst()
        }
    }

    let kind: Kind
    /// What is wrong here, and what to do.
    let detail: String
    /// The offending value, printable and shortened.
    var value: String?
    /// `Allow`, `Retry-After`, `WWW-Authenticate`.
    var headers = HTTPFields()

    init(_ kind: Kind, _ detail: String, value: String? = nil, headers: HTTPFields = HTTPFields()) {
        self.kind = kind
        self.detail = detail
        self.value = value?.printable
        self.headers = headers
    }

    private struct Document: Encodable {
        let type, title, detail: String
        let status: Int
        let value: String?
        let requestId: String
    }

    /// The document's bytes. A request without an id is one that never got as far as having one.
    func document(requestID: String) -> ByteBuffer {
        let document = Document(
            type: "/problems/\(kind.rawValue)", title: kind.title, detail: detail, status: kind.status.code,
            value: value, requestId: requestID)
        return ByteBuffer(data: (try? JSONText.data(document)) ?? Data())
    }

    func response(requestID: String) -> Response {
        var headers = headers
        headers[.contentType] = "application/problem+json"
        return Response(
            status: kind.status, headers: headers, body: ResponseBody(byteBuffer: document(requestID: requestID)))
    }
}

extension Problem {
    /// Where Redis can't answer, and what is not told of it to callers is in the log.
    static let unavailable = Problem(.unavailable, "Redis can't answer; try again", headers: [.retryAfter: "1"])

    static let internalError = Problem(.internalError, "something went wrong here; the logs say what")

    init(_ error: HeadcountError) {
        switch error.code {
        case .unavailable: self = .unavailable
        case .invalidAccount: self.init(.invalidAccount, error)
        case .invalidContact: self.init(.invalidContact, error)
        case .invalidAction: self.init(.invalidAction, error)
        case .invalidPlan: self.init(.invalidPlan, error)
        case .invalidPeriod: self.init(.invalidPeriod, error)
        case .invalidPage: self.init(.invalidQuery, error)
        case .invalidToken: self.init(.invalidToken, error)
        case .invalidLease: self.init(.invalidLease, error)
        case .invalidCampaign: self.init(.invalidCampaign, error)
        case .invalidNotices: self.init(.invalidNotices, error)
        case .invalidScenario: self.init(.invalidScenario, error)
        case .invalidChannel: self.init(.invalidChannel, error)
        case .notFound: self.init(.notFound, error)
        case .conflict: self.init(.conflict, error)
        // Of a running service: it lacks the key with which contacts are erased, or has another one than was used.
        case .invalidConfiguration: self.init(.notConfigured, error)
        default: self = .internalError
        }
    }

    private init(_ kind: Kind, _ error: HeadcountError) {
        self.init(kind, error.reason)
        // Printable already.
        value = error.value
    }
}
