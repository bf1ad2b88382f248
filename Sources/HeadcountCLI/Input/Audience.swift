import ArgumentParser
import Headcount

/// Where contacts are read from, for the commands that take many.
struct AudienceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Read contacts from a file, or from standard input with '-'.", valueName: "file|-"),
        completion: .file())
    var from: String?

    @Option(
        help: ArgumentHelp(
            "lines, csv or jsonl. Default: by the file's name, or by its first line.", valueName: "format"))
    var format: AudienceFormat?

    @Option(
        help: ArgumentHelp(
            "Column of the CSV file, or member of the JSON objects. Default: contact.", valueName: "name"))
    var column: String?

    @Option(help: ArgumentHelp("Contacts in one call to Redis, 1 to 512.", valueName: "number"))
    var batch = 512

    func validate() throws {
        guard (1...512).contains(batch) else { throw ValidationError("--batch \(batch): give 1 to 512") }
    }
}

/// The contacts of a file or of standard input, as a stream.
struct Audience: ~Copyable {
    private let file: InputFile
    private var reader: AudienceReader
    private let batch: Int

    init(path: String, options: AudienceOptions) throws {
        file = try InputFile(path)
        reader = AudienceReader(format: options.format ?? Self.format(ofPath: path), column: options.column)
        batch = options.batch
    }

    private static func format(ofPath path: String) -> AudienceFormat? {
        let path = path.lowercased()
        if path.hasSuffix(".csv") { return .csv }
        return path.hasSuffix(".jsonl") || path.hasSuffix(".ndjson") ? .jsonLines : nil
    }

    /// Hands over the contacts as they come in, so that a slow pipe waits for nobody, and reports bad lines.
    ///
    /// - Parameter work: what to do with a batch; answers what to show beside the progress bar.
    /// - Returns: How many lines were bad.
    consuming func forEachBatch(_ work: ([String]) async throws -> String) async throws -> Int {
        var progress = ProgressBar(total: file.size)
        var faults = 0
        var bytesRead = 0
        var isAtEnd = false
        while !isAtEnd {
            let bytes = try file.read()
            bytesRead += bytes.count
            isAtEnd = bytes.isEmpty
            let records = try records(of: bytes, isAtEnd: isAtEnd)
            var contacts: [String] = []
            for record in records {
                switch record.content {
                case .contact(let contact): contacts.append(contact)
                case .fault(let fault):
                    faults += 1
                    progress.clear()
                    Terminal.say("\(file.name), line \(record.line): \(fault)")
                }
            }
            var rest = contacts[...]
            while !rest.isEmpty {
                // The answers may go to the same terminal.
                progress.clear()
                let label = try await work(Array(rest.prefix(batch)))
                rest = rest.dropFirst(batch)
                progress.update(done: bytesRead, label: label)
            }
        }
        progress.clear()
        return faults
    }

    private mutating func records(of bytes: [UInt8], isAtEnd: Bool) throws -> [AudienceRecord] {
        do {
            return try isAtEnd ? reader.finish() : reader.read(bytes)
        } catch {
            throw Failure("\(file.name): \(error.message)", .badData)
        }
    }
}
