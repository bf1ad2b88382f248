import Headcount

/// The contacts of a file or of standard input, as a stream.
struct Audience: ~Copyable {
    /// Most contacts that are handed over at once: as many as go into one call to Redis.
    static let largestBatch = 512

    private let file: InputFile
    private var reader: AudienceReader
    private let batch: Int

    /// - Parameters:
    ///   - path: a path, or `-` for standard input.
    ///   - format: nil: by the file's name, or by its first line.
    ///   - column: nil: `contact`.
    init(path: String, format: AudienceFormat?, column: String?, batch: Int) throws {
        file = try InputFile(path)
        reader = AudienceReader(format: format ?? Self.format(ofPath: path), column: column)
        self.batch = batch
    }

    /// `3 bad lines`
    static func badLines(_ count: Int) -> String { "\(Format.count(count)) bad \(count == 1 ? "line" : "lines")" }

    /// `3 bad lines were left out`
    static func leftOut(_ count: Int) -> String { "\(badLines(count)) \(count == 1 ? "was" : "were") left out" }

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
