package import NIOSSL

/// Reads certificates and keys, and says which file is wrong.
package enum PEMFile {
    /// - Throws: ``HeadcountError/Code/invalidConfiguration``.
    package static func certificates(
        _ path: String,
        _ reason: String = "the certificate can't be read; give a PEM file with the certificate and its chain"
    ) throws(HeadcountError) -> [NIOSSLCertificate] {
        guard let certificates = try? NIOSSLCertificate.fromPEMFile(path), !certificates.isEmpty else {
            throw HeadcountError(.invalidConfiguration, reason, value: path)
        }
        return certificates
    }

    /// - Throws: ``HeadcountError/Code/invalidConfiguration``.
    package static func key(_ path: String) throws(HeadcountError) -> NIOSSLPrivateKey {
        guard let key = try? NIOSSLPrivateKey(file: path, format: .pem) else {
            throw HeadcountError(
                .invalidConfiguration, "the private key can't be read; give a PEM file without a passphrase",
                value: path)
        }
        return key
    }
}
