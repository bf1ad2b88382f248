import ArgumentParser
import Configuration
import Headcount

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the HTTP API, the dashboard and metrics.",
        discussion: """
            Keeps nothing of its own: any number of instances may share one Redis. A flag wins over the environment, the
            environment over the file of --config. SIGTERM ends it: requests under way are finished, for 10 seconds at
            most, and new ones are refused.

            EXAMPLES
              headcount serve --embedded ./data                  # to try it out: a Redis of its own, and a first key
              headcount api-key create --name ops --scope admin
              headcount serve --redis redis://10.0.0.5:6379 --listen 0.0.0.0:8080 --metrics --log-format json
            """)

    @OptionGroup var connection: ConnectionOptions

    @Option(
        help: ArgumentHelp(
            "Where to listen: HOST:PORT, [IPV6]:PORT or unix:PATH. Default: $HEADCOUNT_LISTEN, or 127.0.0.1:8080.",
            valueName: "address"))
    var listen: String?

    @Option(help: ArgumentHelp("Certificate with its chain, PEM.", valueName: "file"), completion: .file())
    var tlsCert: String?

    @Option(help: ArgumentHelp("The certificate's private key, PEM.", valueName: "file"), completion: .file())
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "Run a redis-server of its own, with its data in a directory, append-only. Not with --redis.",
            valueName: "directory"), completion: .directory)
    var embedded: String?

    @Flag(help: "Answer at /metrics, without a key.")
    var metrics = false

    @OptionGroup var failure: FailureOptions
    @OptionGroup var log: LogOptions

    @Flag(help: "Read the configuration, say what is wrong with it, and end.")
    var checkConfig = false

    func validate() throws {
        if embedded != nil, connection.redis != nil {
            throw ValidationError("--embedded and --redis exclude each other: the first brings its own Redis")
        }
    }

    func run() async throws {
        var flags = connection.flags
        flags.merge(failure.flags) { $1 }
        flags.merge(log.flags) { $1 }
        flags["listen"] = listen.map { .string($0) }
        flags["tls.cert"] = tlsCert.map { .string($0) }
        flags["tls.key"] = tlsKey.map { .string($0) }
        flags["embedded"] = embedded.map { .string($0) }
        flags["metrics"] = metrics ? .bool(true) : nil
        let server = try await Server(Settings(flags: flags, file: connection.file.config))
        if checkConfig { return Terminal.say("the configuration is in order") }
        try await server.run()
    }
}
