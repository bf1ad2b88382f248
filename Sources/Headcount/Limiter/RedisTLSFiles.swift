internal import NIOSSL
internal import RedisClient

/// With what a Redis is spoken to by TLS, for URLs that begin with `rediss://`: paths of PEM files.
public struct RedisTLSFiles: Sendable, Equatable {
    /// Certificates of the authorities that are trusted. Nil: the system's.
    public var authorities: String?
    /// The client's certificate, and its chain. Nil: none is shown.
    public var certificate: String?
    /// The certificate's private key, without a passphrase.
    public var key: String?
    /// The name that the server's certificate has to bear. Nil: the URL's host.
    public var serverName: String?
    /// Whether the name in the server's certificate is looked at. Its authority always is.
    public var checksServerName = true

    /// The defaults.
    public init() {}

    /// For redis-cli.
    package var cliArguments: [String] {
        [("--cacert", authorities), ("--cert", certificate), ("--key", key), ("--sni", serverName)]
            .flatMap { flag, value in value.map { [flag, $0] } ?? [] }
    }

    /// - Throws: ``HeadcountError/Code/invalidConfiguration`` for a file that can't be read, or is of no use.
    func tls() throws(HeadcountError) -> RedisTLS {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        configuration.certificateVerification = checksServerName ? .fullVerification : .noHostnameVerification
        if let authorities {
            configuration.trustRoots = .certificates(
                try PEMFile.certificates(authorities, "the authorities' certificates can't be read; give a PEM file"))
        }
        switch (certificate, key) {
        case (nil, nil): break
        case (let certificate?, let key?):
            configuration.certificateChain = try PEMFile.certificates(certificate).map { .certificate($0) }
            configuration.privateKey = .privateKey(try PEMFile.key(key))
        case (let given?, nil), (nil, let given?):
            throw HeadcountError(
                .invalidConfiguration, "a client's certificate and its private key are needed, or neither", value: given
            )
        }
        do {
            return RedisTLS(context: try NIOSSLContext(configuration: configuration), serverName: serverName)
        } catch {
            throw HeadcountError(
                .invalidConfiguration, "certificate and private key don't belong together", value: certificate)
        }
    }
}
