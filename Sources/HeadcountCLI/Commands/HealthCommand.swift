import ArgumentParser
import AsyncHTTPClient
import Configuration
import Foundation
import HeadcountHTTP
import NIOCore
import NIOHTTP1
import NIOSSL

struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health",
        abstract: "Ask the service of this machine whether it runs: for the health checks of containers.",
        discussion: """
            Exit status 0 when it does, 69 when not. Redis is not asked.

            EXAMPLE
              headcount health --listen 127.0.0.1:8080
            """)

    @Option(
        help: ArgumentHelp(
            "Where it listens. Default: $HEADCOUNT_LISTEN, or 127.0.0.1:8080.", valueName: "address"))
    var listen: String?

    @Flag(help: "It speaks TLS; its certificate is not looked at.")
    var tls = false

    @OptionGroup var file: ConfigurationFile

    func run() async throws {
        let flags: [SettingsKey: ConfigContent] = listen.map { ["listen": .string($0)] } ?? [:]
        let settings = try await Settings(flags: flags, file: file.config)
        let certificate = try await settings.text("tls.cert")
        let url = Self.url(try await settings.address, isTLS: tls || certificate != nil)
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.tlsConfiguration = .makeClientConfiguration()
        configuration.tlsConfiguration?.certificateVerification = .none
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(configuration: configuration)
        let status: UInt
        do {
            status = try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(2)).status.code
            try await client.shutdown()
        } catch {
            try? await client.shutdown()
            throw Failure("no answer from \(url): \(error)", .unavailable)
        }
        guard status == 200 else { throw Failure("\(url) answers with status \(status)", .unavailable) }
    }

    private static func url(_ address: ServiceConfiguration.Address, isTLS: Bool) -> String {
        switch address {
        case .tcp(let host, let port):
            let anywhere = ["0.0.0.0": "127.0.0.1", "::": "::1"][host]
            let address = ServiceConfiguration.Address.tcp(host: anywhere ?? host, port: port)
            return "\(isTLS ? "https" : "http")://\(address)/healthz"
        case .unixSocket(let path):
            let escaped = path.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? path
            return "\(isTLS ? "https" : "http")+unix://\(escaped)/healthz"
        }
    }
}
