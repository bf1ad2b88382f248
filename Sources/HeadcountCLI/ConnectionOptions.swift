import ArgumentParser
import Foundation
import Headcount
import Logging

/// Where Redis is and how its keys begin: for every command that asks it.
struct ConnectionOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Redis to use: redis://[user:password@]host:port/database or redis+unix:///path/to/socket.",
            discussion: "Default: $HEADCOUNT_REDIS_URL, or redis://127.0.0.1:6379.", valueName: "url"))
    var redis: String?

    @Option(help: ArgumentHelp("What all keys begin with. Default: $HEADCOUNT_PREFIX, or hc.", valueName: "prefix"))
    var prefix: String?

    @Option(help: ArgumentHelp("How long a call to Redis may take, in seconds.", valueName: "seconds"))
    var timeout = 5.0

    func validate() throws {
        guard timeout > 0, timeout <= 3600 else {
            throw ValidationError("--timeout \(timeout): give seconds, above 0 and at most 3600")
        }
    }

    /// A limiter that has spoken to Redis.
    func connect() async throws -> Limiter {
        try await Limiter.connect(to: url, configuration: configuration)
    }

    /// A limiter that connects only when it must.
    func limiter() throws -> Limiter {
        try Limiter(url: url, configuration: configuration)
    }

    private var url: String {
        redis ?? Self.environment("HEADCOUNT_REDIS_URL") ?? "redis://127.0.0.1:6379"
    }

    /// An empty variable is as good as none.
    private static func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private var configuration: LimiterConfiguration {
        var configuration = LimiterConfiguration()
        if let prefix = prefix ?? Self.environment("HEADCOUNT_PREFIX") {
            configuration.prefix = prefix
        }
        configuration.timeout = .milliseconds(Int(timeout * 1000))
        configuration.clientName = "headcount-cli-\(ProcessInfo.processInfo.processIdentifier)"
        // Messages are this program's to write, each on one line.
        configuration.logger = Logger(label: "headcount") { _ in SwiftLogNoOpLogHandler() }
        return configuration
    }
}

/// `--json`, for every command that prints data.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON object a line.")
    var json = false
}
