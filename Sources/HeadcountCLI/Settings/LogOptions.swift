import ArgumentParser
import Configuration

/// `--log-level` and `--log-format`, for the commands that run on.
struct LogOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The least level that is logged: trace, debug, info, notice, warning, error, critical. Default: notice; info logs each request.",
            valueName: "level"))
    var logLevel: String?

    @Option(help: ArgumentHelp("How the log's lines look: text or json. Default: text.", valueName: "format"))
    var logFormat: String?

    /// What was given on the command line.
    var flags: [SettingsKey: ConfigContent] {
        var flags: [SettingsKey: ConfigContent] = [:]
        if let logLevel { flags["log.level"] = .string(logLevel) }
        if let logFormat { flags["log.format"] = .string(logFormat) }
        return flags
    }
}
