internal import Headcount
internal import NIOSSL

/// A certificate with its chain, and its key: paths of PEM files.
public struct TLSFiles: Sendable, Equatable {
    /// The certificate first, then its chain.
    public var certificate: String
    /// The private key, without a passphrase.
    public var key: String

    /// The two files.
    public init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }

    /// What the files hold; says which of them is wrong.
    var configuration: TLSConfiguration {
        get throws(HeadcountError) {
            let chain = try PEMFile.certificates(certificate)
            let privateKey = try PEMFile.key(key)
            var configuration = TLSConfiguration.makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
            configuration.minimumTLSVersion = .tlsv12
            configuration.applicationProtocols = ["http/1.1"]
            do {
                // Whether the two belong together.
                _ = try NIOSSLContext(configuration: configuration)
            } catch {
                throw HeadcountError(
                    .invalidConfiguration, "certificate and private key don't belong together", value: certificate)
            }
            return configuration
        }
    }
}
