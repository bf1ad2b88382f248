import HeadcountHTTP
import Logging

/// The log of a process that runs on.
struct ServiceLog {
    let format: LogFormat
    let level: Logger.Level

    init(_ settings: Settings) async throws {
        format = try await settings.logFormat
        level = try await settings.logLevel
    }

    /// Sets the log up for the whole process; once.
    func begin() -> Logger {
        let (format, level) = (format, level)
        LoggingSystem.bootstrap { label in
            switch format {
            case .json: return JSONLogHandler(label: label, level: level)
            case .text:
                var handler = StreamLogHandler.standardError(label: label)
                handler.logLevel = level
                return handler
            }
        }
        return Logger(label: "headcount")
    }

    /// Says that the process is ready. One object a line means every line.
    func say(_ message: String, _ logger: Logger) {
        if format == .json { logger.notice("\(message)") } else { Terminal.say(message) }
    }
}
