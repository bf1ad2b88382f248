import ArgumentParser

/// Which journals a command is about.
struct JournalPath: ParsableArguments {
    @Argument(
        help: ArgumentHelp(
            "A journal, or a directory of them. Default: $HEADCOUNT_FAILURE_JOURNAL.", valueName: "file|directory"),
        completion: .file())
    var path: String?

    func chosen(_ settings: Settings) async throws -> String {
        if let path { return path }
        guard let path = try await settings.journalDirectory else {
            throw Failure("which journal? give a file or directory, or set failure.journal", .usage)
        }
        return path
    }
}
