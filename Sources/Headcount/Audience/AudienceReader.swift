/// Reads an audience file, of any size, in constant memory: bytes go in piece by piece, records come out.
///
///     var reader = AudienceReader()
///     while let piece = try next() { handle(try reader.read(piece)) }
///     handle(try reader.finish())
///
/// Each record is a contact or a fault with its line number. Blank lines are neither. A line or CSV row of more than
/// 64 KiB is a fault. It does not matter where the pieces are cut.
public struct AudienceReader: Sendable {
    /// How the file is written: as given, or else as its first line that is not blank shows; nil until then.
    public private(set) var format: AudienceFormat?
    private let column: String?
    private var splitter = LineSplitter()
    /// Made when the first line that is not blank has come in.
    private var lines: (any AudienceLineReader)?

    /// A reader at the start of a file.
    ///
    /// - Parameters:
    ///   - format: How the file is written. By default it is told from the first line that is not blank: JSON lines if
    ///     that starts with `{`, CSV if `column` is given or if the line is a header with the column `contact`, JSON
    ///     lines if it starts with `"`, and a contact a line otherwise.
    ///   - column: The CSV column, or the member of the JSON objects, that holds the contact; by default `contact`.
    public init(format: AudienceFormat? = nil, column: String? = nil) {
        self.format = format
        self.column = column
    }

    /// The records that are complete with `bytes`, the next of the file.
    ///
    /// - Throws: ``HeadcountError/Code/invalidAudience`` when the file is a JSON array, or when the CSV header is not readable or lacks the column; the
    ///   error's `value` has the columns found. The reader is of no use from then on.
    public mutating func read(_ bytes: some Collection<UInt8>) throws(HeadcountError) -> [AudienceRecord] {
        splitter.append(bytes)
        var records: [AudienceRecord] = []
        while let line = splitter.next() {
            if lines == nil {
                if line.isBlank { continue }
                lines = try lineReader(from: line)
            }
            try lines?.read(line, into: &records)
        }
        return records
    }

    /// The records that were still open when the file ended: those of a last line without a line end. To be called
    /// once, after the last ``read(_:)``.
    ///
    /// - Throws: as ``read(_:)``
    public mutating func finish() throws(HeadcountError) -> [AudienceRecord] {
        var records = try read(CollectionOfOne(UInt8(ascii: "\n")))
        try lines?.finish(into: &records)
        return records
    }

    private mutating func lineReader(from line: AudienceLine) throws(HeadcountError) -> any AudienceLineReader {
        let column = self.column ?? "contact"
        let format: AudienceFormat
        if let known = self.format { format = known } else { format = try detect(line, column: column) }
        self.format = format
        return switch format {
        case .lines: PlainLineReader()
        case .csv: CSVReader(column: column)
        case .jsonLines: JSONLineReader(member: column)
        }
    }

    private func detect(_ line: AudienceLine, column: String) throws(HeadcountError) -> AudienceFormat {
        if line.firstMark == UInt8(ascii: "[") {
            throw HeadcountError(
                .invalidAudience, "the file seems to be one JSON array; write one object a line (jq -c '.[]')")
        }
        if line.firstMark == UInt8(ascii: "{") { return .jsonLines }
        // Before the other form of JSON, since headers may be quoted too.
        if self.column != nil || CSVReader.isHeader(line, with: column) { return .csv }
        return line.firstMark == UInt8(ascii: "\"") ? .jsonLines : .lines
    }
}
