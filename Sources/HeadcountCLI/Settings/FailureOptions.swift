import ArgumentParser
import Configuration

/// What is done when Redis can't be asked: for the commands that activate.
struct FailureOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "While Redis can't be asked: closed admits nobody, open admits contacts within bounds and journals them. Default: closed.",
            valueName: "closed|open"))
    var failurePolicy: String?

    @Option(
        help: ArgumentHelp(
            "With open: most contacts admitted in an outage, for each account, 1 to 1000000. Default: 100.",
            valueName: "number"))
    var failureMaxContacts: Int?

    @Option(
        help: ArgumentHelp(
            "With open: how long after an outage's begin somebody new is admitted, in seconds. Default: 300.",
            valueName: "seconds"))
    var failureMaxSeconds: Double?

    @Option(
        help: ArgumentHelp(
            "With open: where the journals are written, on a disk that outlives the process.", valueName: "directory"),
        completion: .directory)
    var failureJournal: String?

    /// What was given on the command line.
    var flags: [SettingsKey: ConfigContent] {
        var flags: [SettingsKey: ConfigContent] = [:]
        flags["failure.policy"] = failurePolicy.map { .string($0) }
        flags["failure.maximumContacts"] = failureMaxContacts.map { .int($0) }
        flags["failure.maximumSeconds"] = failureMaxSeconds.map { .double($0) }
        flags["failure.journal"] = failureJournal.map { .string($0) }
        return flags
    }
}
