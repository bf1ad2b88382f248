import Headcount
import HeadcountWorkers

extension Settings {
    /// What `headcount worker` is set up with.
    var worker: WorkerConfiguration {
        get async throws {
            var configuration = WorkerConfiguration()
            configuration.concurrency =
                try await integer("worker.concurrency", in: 1...10_000) ?? configuration.concurrency
            configuration.accountConcurrency =
                try await integer("worker.accountConcurrency", in: 1...10_000) ?? configuration.accountConcurrency
            configuration.maximumAttempts =
                try await integer("worker.maxAttempts", in: 1...100) ?? configuration.maximumAttempts
            if let rate = try await number("worker.accountRate") {
                guard rate > 0, rate <= 1_000_000 else {
                    throw Self.fault("worker.accountRate", "\(rate)", "give sends a second, above 0")
                }
                configuration.accountRate = rate
            }
            if let seconds = try await number("worker.actionTimeout") {
                guard seconds > 0, seconds <= 600 else {
                    throw Self.fault("worker.actionTimeout", "\(seconds)", "give seconds, above 0 and at most 600")
                }
                configuration.actionTimeout = .milliseconds(max(1, Int(seconds * 1_000)))
            }
            configuration.signingSecret = try await signingSecret
            return configuration
        }
    }

    /// How notices are delivered.
    var courier: Courier.Configuration {
        get async throws {
            var configuration = Courier.Configuration()
            if let url = try await text("notices.url") {
                do { try Identifier.check(url: url, .invalidNotices) } catch {
                    throw Self.fault("notices.url", url, error.reason)
                }
                configuration.url = url
            }
            configuration.signingSecret = try await signingSecret
            return configuration
        }
    }

    private var signingSecret: String? {
        get async throws {
            guard let secret = try await secret("signing.secret") else { return nil }
            guard secret.utf8.count >= Self.shortestSecret else {
                throw Failure(
                    "signing.secret is too short; give \(Self.shortestSecret) bytes or more, such as openssl rand -hex 32 prints",
                    .usage)
            }
            return secret
        }
    }

    private func integer(_ key: SettingsKey, in range: ClosedRange<Int>) async throws -> Int? {
        guard let number = try await integer(key) else { return nil }
        guard range.contains(number) else {
            throw Self.fault(key, "\(number)", "give \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
