import ArgumentParser
import Configuration
import Headcount

struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Send campaigns, carry out scenarios, and deliver notices.",
        discussion: """
            Keeps nothing of its own: any number of workers may share one Redis, anywhere, and each may be started and
            killed at will. No contact gets a step twice: an attempt is recorded before it is made, and after a crash in
            between it is reported as unknown.

            For each contact it posts {account, contact, automation, step, attempt}, and of a scenario the run's number
            and the event, to the URL of the campaign or step, with an Idempotency-Key, and signed in X-Headcount-Signature-256 if $HEADCOUNT_SIGNING_SECRET is set. 2xx: sent.
            408, 425, 429 and 503: tried again later, honouring Retry-After. Another 4xx, and 3xx: not sent. Anything else
            after the request went out: unknown.

            SIGTERM ends it: what is under way is finished and recorded, and nothing new is begun.

            EXAMPLE
              headcount worker --redis redis://10.0.0.5:6379
              headcount worker --scenarios --account-concurrency 16
            """)

    @OptionGroup var connection: ConnectionOptions

    @Flag(help: "Send campaigns; no scenarios, unless --scenarios is given, too. Default: both.")
    var campaigns = false

    @Flag(help: "Carry out scenarios; no campaigns, unless --campaigns is given, too. Default: both.")
    var scenarios = false

    @Option(
        help: ArgumentHelp(
            "Most contacts under way at a time in this worker, 1 to 10000. Default: 256.", valueName: "number"))
    var concurrency: Int?

    @Option(
        help: ArgumentHelp(
            "Most contacts under way at a time for an account, in all workers together, 1 to 10000. Default: 64.",
            valueName: "number"))
    var accountConcurrency: Int?

    @Option(
        help: ArgumentHelp(
            "Most sends a second for an account, in all workers together. Default: any number.", valueName: "number"))
    var accountRate: Double?

    @Option(
        help: ArgumentHelp(
            "How long a call of an action may take, in seconds, above 0 and at most 600. Default: 10.",
            valueName: "seconds"))
    var actionTimeout: Double?

    @Option(
        help: ArgumentHelp(
            "How often a contact is attempted whose action says to try later, 1 to 100. Default: 8.",
            valueName: "number"))
    var maxAttempts: Int?

    @Option(
        help: ArgumentHelp(
            "Answer at /healthz and /readyz here: HOST:PORT, [IPV6]:PORT or unix:PATH. Default: nowhere.",
            valueName: "address"))
    var listen: String?

    @Flag(help: "Answer at /metrics, too.")
    var metrics = false

    @OptionGroup var log: LogOptions

    @Flag(help: "Read the configuration, say what is wrong with it, and end.")
    var checkConfig = false

    func run() async throws {
        var flags = connection.flags
        flags.merge(log.flags) { $1 }
        flags["worker.listen"] = listen.map { .string($0) }
        flags["metrics"] = metrics ? .bool(true) : nil
        flags["worker.concurrency"] = concurrency.map { .int($0) }
        flags["worker.accountConcurrency"] = accountConcurrency.map { .int($0) }
        flags["worker.accountRate"] = accountRate.map { .double($0) }
        flags["worker.actionTimeout"] = actionTimeout.map { .double($0) }
        flags["worker.maxAttempts"] = maxAttempts.map { .int($0) }
        let worker = try await Worker(
            Settings(flags: flags, file: connection.file.config), automations: automations)
        if checkConfig { return Terminal.say("the configuration is in order") }
        try await worker.run()
    }

    private var automations: Set<AutomationKind> {
        let chosen = Set((campaigns ? [AutomationKind.campaign] : []) + (scenarios ? [.scenario] : []))
        return chosen.isEmpty ? Set(AutomationKind.allCases) : chosen
    }
}
