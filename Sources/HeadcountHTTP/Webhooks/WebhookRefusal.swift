internal import Headcount

/// Why nothing of a webhook was taken, although it arrived and Redis answers.
enum WebhookRefusal: String, CaseIterable, Sendable {
    /// Its signature is missing or wrong.
    case signature
    /// Signatures can't be looked at.
    case notConfigured = "not_configured"
    case tooLarge = "too_large"
    case malformed

    /// Nil for an error that is no refusal.
    init?(_ error: any Error) {
        switch error {
        case let problem as Problem:
            switch problem.kind {
            case .unauthenticated: self = .signature
            case .contentTooLarge: self = .tooLarge
            case .malformedJSON, .invalidBody: self = .malformed
            default: return nil
            }
        case let error as HeadcountError where error.code == .invalidContact:
            self = .malformed
        default: return nil
        }
    }
}
