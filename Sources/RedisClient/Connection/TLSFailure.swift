internal import NIOSSL

/// Why a TLS handshake failed, in words for a person.
enum TLSFailure {
    static func isKnown(_ error: any Error) -> Bool {
        error is NIOSSLError || error is NIOSSLExtraError || error is BoringSSLError
    }

    static func describe(_ error: any Error) -> String {
        if let error = error as? NIOSSLExtraError, error == .failedToValidateHostname {
            return "its certificate is for another name"
        }
        // BoringSSL says it by the end of a line.
        let text = String(describing: error)
        return reasons.first { text.contains($0.code) }?.reason ?? text
    }

    private static let reasons = [
        ("CERTIFICATE_VERIFY_FAILED", "its certificate is of no authority that is trusted here"),
        ("WRONG_VERSION_NUMBER", "it doesn't speak TLS on this port"),
        ("EOF during handshake", "it closed the connection in the TLS handshake"),
        ("CERTIFICATE_REQUIRED", "it wants a client certificate"),
        ("UNKNOWN_CA", "it doesn't trust the client certificate's authority"),
        (
            "HANDSHAKE_FAILURE",
            "it and this client have no TLS version or cipher in common, or it wants a client certificate"
        ),
    ].map { (code: $0, reason: $1) }
}
