internal import Headcount
internal import NIOSSL

/// Reads certificate and key, and says which of the files is wrong.
enum TLSFilesReader {
    static func configuration(_ files: ServiceConfiguration.TLSFiles) throws(HeadcountError) -> TLSConfiguration {
        let chain: [NIOSSLCertificate]
        do {
            chain = try NIOSSLCertificate.fromPEMFile(files.certificate)
        } catch {
            throw HeadcountError(
                .invalidConfiguration,
                "the certificate can't be read; give a PEM file with the certificate and its chain",
                value: files.certificate)
        }
        let key: NIOSSLPrivateKey
        do {
            key = try NIOSSLPrivateKey(file: files.key, format: .pem)
        } catch {
            throw HeadcountError(
                .invalidConfiguration, "the private key can't be read; give a PEM file without a passphrase",
                value: files.key)
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        configuration.applicationProtocols = ["http/1.1"]
        do {
            // Whether the two belong together.
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw HeadcountError(
                .invalidConfiguration, "certificate and private key don't belong together", value: files.certificate)
        }
        return configuration
    }
}
