/// Why a request was turned away for its key.
enum AuthenticationFailure: String, CaseIterable {
    case missing, unknown, expired, throttled, scope
}
