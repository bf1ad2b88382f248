/// Reads the contacts from one column of a CSV file.
///
/// A row that turns out broken costs only the line it starts on: a stray quote must not swallow the contacts after it.
struct CSVReader: AudienceLineReader {
    private let column: String
    /// Which field the contact is in; nil until the header was read.
    private var index: Int?
    private var row = CSVRow(separator: UInt8(ascii: ","))
    /// The lines that `row` is made of, each followed by a line feed.
    private var rowLines: [UInt8] = []
    private var rowNumber = 0

    /// The first of `rowLines`.
    private var firstLine: ArraySlice<UInt8> { rowLines.prefix { $0 != UInt8(ascii: "\n") } }

    /// `rowLines` but the first.
    private var furtherLines: [AudienceLine] {
        let lines = rowLines.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return zip(rowNumber..., lines).dropFirst().map { AudienceLine(number: $0, bytes: $1) }
    }

    init(column: String) {
        self.column = column
    }

    /// Whether `line`, read as a header, has the column.
    static func isHeader(_ line: AudienceLine, with column: String) -> Bool {
        var row = CSVRow(header: line)
        _ = row.add(line.bytes)
        return row.names.contains(column)
    }

    mutating func read(_ line: AudienceLine, into records: inout [AudienceRecord]) throws(HeadcountError) {
        if line.isTooLong {
            try finish(into: &records)
            if index == nil { throw headerError(AudienceLine.excess, value: line.bytes) }
            records.append(line.tooLong)
            return
        }
        guard let progress = add(line) else { return }
        let isTooLong = rowLines.count - 1 > AudienceLine.maximumBytes
        if progress == .open, !isTooLong { return }
        try endRow(isTooLong ? .open : progress, into: &records)
    }

    mutating func finish(into records: inout [AudienceRecord]) throws(HeadcountError) {
        while !rowLines.isEmpty { try endRow(.open, into: &records) }
    }

    /// Adds `line` to the row; nil if it is blank and starts none.
    private mutating func add(_ line: AudienceLine) -> CSVRow.Progress? {
        if rowLines.isEmpty {
            if line.isBlank { return nil }
            rowNumber = line.number
            if index == nil { row = CSVRow(header: line) }
        }
        rowLines += line.bytes
        rowLines.append(UInt8(ascii: "\n"))
        return row.add(line.bytes)
    }

    /// Uses the row, which gets no further than `progress`, and if it is broken, reads its lines again but the first.
    private mutating func endRow(
        _ progress: CSVRow.Progress,
        into records: inout [AudienceRecord]
    ) throws(HeadcountError) {
        let lines = progress == .complete ? [] : furtherLines
        try useRow(progress, into: &records)
        // Each but the last is a row by itself: if they could join again, they might be read again over and over.
        for line in lines.dropLast() {
            if let progress = add(line) { try useRow(progress, into: &records) }
        }
        if let last = lines.last { try read(last, into: &records) }
    }

    private mutating func useRow(
        _ progress: CSVRow.Progress,
        into records: inout [AudienceRecord]
    ) throws(HeadcountError) {
        if let index {
            records.append(record(progress, field: index))
        } else {
            index = try indexOfColumn(progress)
        }
        row.clear()
        rowLines.removeAll(keepingCapacity: true)
    }

    private func record(_ progress: CSVRow.Progress, field index: Int) -> AudienceRecord {
        if progress == .complete, index < row.count { return AudienceRecord(line: rowNumber, contact: row[index]) }
        let wanted = column.printable
        let fault = progress.fault ?? "has too few fields: \(row.count), and '\(wanted)' is number \(index + 1)"
        return AudienceRecord(line: rowNumber, fault: fault, text: firstLine)
    }

    private func indexOfColumn(_ progress: CSVRow.Progress) throws(HeadcountError) -> Int {
        if let fault = progress.fault { throw headerError(fault, value: firstLine) }
        let names = row.names
        if let index = names.firstIndex(of: column) { return index }
        let wanted = column.printable
        throw headerError(
            "has no column '\(wanted)'; name the one that holds the contacts",
            value: names.joined(separator: ", ").utf8
        )
    }

    /// What was found goes into the error's value, not its description: in a file without a header it is a contact.
    private func headerError(_ fault: String, value: some Collection<UInt8>) -> HeadcountError {
        HeadcountError(
            .invalidAudience,
            "the CSV header \(fault)",
            value: String(decoding: value.prefix(512), as: UTF8.self)
        )
    }
}
