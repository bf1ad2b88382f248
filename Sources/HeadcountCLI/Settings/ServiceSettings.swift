import Foundation
import Headcount
import HeadcountHTTP
import Logging

extension Settings {
    static let shortestSecret = 16

    /// What `headcount serve` is set up with; without metrics, which the process has or not.
    var service: ServiceConfiguration {
        get async throws {
            var configuration = ServiceConfiguration()
            configuration.address = try await address
            switch (try await text("tls.cert"), try await text("tls.key")) {
            case (nil, nil): break
            case (let certificate?, let key?): configuration.tls = TLSFiles(certificate: certificate, key: key)
            case (_?, nil): throw Failure("tls.cert without tls.key; give both, or neither", .usage)
            case (nil, _?): throw Failure("tls.key without tls.cert; give both, or neither", .usage)
            }
            if let secret = try await secret("session.secret") {
                guard secret.utf8.count >= Self.shortestSecret else {
                    throw Failure(
                        "session.secret is too short; give \(Self.shortestSecret) bytes or more, such as openssl rand -hex 32 prints",
                        .usage)
                }
                configuration.sessionSecret = secret
            }
            for origin in try await texts("cors.origins") ?? [] {
                guard origin.wholeMatch(of: #/https?:\/\/[A-Za-z0-9.:\[\]-]+/#) != nil else {
                    throw Self.fault("cors.origins", origin, "give origins such as https://app.example.com")
                }
                configuration.allowedOrigins.insert(origin)
            }
            configuration.instagramVerifyToken = try await instagramVerifyToken
            configuration.instagramAppSecrets = try await instagramAppSecrets
            return configuration
        }
    }

    /// No message shows it.
    private var instagramVerifyToken: String? {
        get async throws {
            guard let token = try await secret("instagram.verifyToken") else { return nil }
            guard token.contains(where: { !$0.isWhitespace }) else {
                throw Failure("instagram.verifyToken is blank; give the text that is entered at Meta", .usage)
            }
            return token
        }
    }

    /// With a comma between two; no message shows them.
    private var instagramAppSecrets: [String] {
        get async throws {
            guard let text = try await secret("instagram.appSecrets") else { return [] }
            let secrets = text.split(separator: ",", omittingEmptySubsequences: false).map { secret in
                secret.trimmingCharacters(in: .whitespacesAndNewlines)
            }
            guard !secrets.contains("") else {
                throw Failure(
                    "instagram.appSecrets has a blank secret; give the secrets of Meta's app, with one comma between two",
                    .usage)
            }
            return secrets
        }
    }

    /// Where the service listens, or is reached.
    var address: ServiceConfiguration.Address {
        get async throws {
            try await address("listen") ?? .tcp(host: "127.0.0.1", port: 8080)
        }
    }

    /// Where a worker answers for its health; nil: nowhere.
    var workerAddress: ServiceConfiguration.Address? {
        get async throws { try await address("worker.listen") }
    }

    private func address(_ key: SettingsKey) async throws -> ServiceConfiguration.Address? {
        guard let text = try await text(key) else { return nil }
        guard let address = ServiceConfiguration.Address(text) else {
            throw Self.fault(key, text, "give HOST:PORT, [IPV6]:PORT or unix:PATH")
        }
        return address
    }

    var logLevel: Logger.Level {
        get async throws {
            let word = try await text("log.level") ?? "notice"
            guard let level = Logger.Level(rawValue: word) else {
                let words = Logger.Level.allCases.map(\.rawValue).joined(separator: ", ")
                throw Self.fault("log.level", word, "give one of \(words)")
            }
            return level
        }
    }

    /// Makes the log's lines.
    var logFormat: LogFormat {
        get async throws {
            let word = try await text("log.format") ?? LogFormat.text.rawValue
            guard let format = LogFormat(rawValue: word) else {
                throw Self.fault("log.format", word, "give text or json")
            }
            return format
        }
    }
}

/// How the log's lines look.
enum LogFormat: String {
    case text, json
}
