import ArgumentParser
import Headcount

/// How an audience is written.
struct AudienceFormatOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "lines, csv or jsonl. Default: by the file's name, or by its first line.", valueName: "format"))
    var format: AudienceFormat?

    @Option(
        help: ArgumentHelp(
            "Column of the CSV file, or member of the JSON objects. Default: contact.", valueName: "name"))
    var column: String?

    /// - Parameter path: a path, or `-` for standard input.
    func audience(at path: String, batch: Int = Audience.largestBatch) throws -> Audience {
        try Audience(path: path, format: format, column: column, batch: batch)
    }
}

/// Where contacts are read from, for the commands that take many.
struct AudienceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Read contacts from a file, or from standard input with '-'.", valueName: "file|-"),
        completion: .file())
    var from: String?

    @OptionGroup var written: AudienceFormatOptions

    @Option(help: ArgumentHelp("Contacts in one call to Redis, 1 to 512.", valueName: "number"))
    var batch = Audience.largestBatch

    func validate() throws {
        guard (1...Audience.largestBatch).contains(batch) else {
            throw ValidationError("--batch \(batch): give 1 to \(Audience.largestBatch)")
        }
    }

    /// Hands over the contacts of the command line, then those of the file, as ``Audience/forEachBatch(_:)`` does.
    ///
    /// - Returns: How many lines were bad.
    func forEachBatch(
        after contacts: [String], _ work: ([String]) async throws -> String
    ) async throws -> Int {
        guard let from else {
            _ = try await work(contacts)
            return 0
        }
        // A file that isn't there is said before anybody is handed over.
        let audience = try written.audience(at: from, batch: batch)
        _ = try await work(contacts)
        return try await audience.forEachBatch(work)
    }
}
