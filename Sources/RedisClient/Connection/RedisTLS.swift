package import NIOSSL

/// How a Redis is spoken to by TLS (`rediss://`).
package struct RedisTLS: Sendable {
    /// Whom to trust, and with what certificate to answer.
    package let context: NIOSSLContext
    /// The name that the server's certificate has to bear; nil: the URL's host.
    package let serverName: String?

    package init(context: NIOSSLContext, serverName: String?) {
        self.context = context
        self.serverName = serverName
    }

    /// With the system's authorities, and without a certificate.
    static func standard() throws -> RedisTLS {
        RedisTLS(context: try NIOSSLContext(configuration: .makeClientConfiguration()), serverName: nil)
    }
}
