/// The fields of a CSV row (RFC 4180), which takes in one line after another until its quotes are closed.
struct CSVRow: Sendable {
    enum Progress {
        /// All quotes are closed.
        case complete
        /// The line ended inside of quotes.
        case open
        /// Text follows a closing quote.
        case broken

        /// What is wrong with a row that gets no further than this.
        var fault: String? {
            switch self {
            case .complete: nil
            case .open: "has a quote that is not closed within 64 KiB"
            case .broken: "has text after a closing quote"
            }
        }
    }

    private enum State { case fieldStart, plain, quoted, quoteInQuoted }

    private let separator: UInt8
    private var state = State.fieldStart
    /// The fields one after another, without their quotes.
    private var text: [UInt8] = []
    /// Where in `text` each field ends.
    private var ends: [Int] = []

    init(separator: UInt8) {
        self.separator = separator
    }

    /// How many fields the row has, once it is complete.
    var count: Int { ends.count }

    subscript(field: Int) -> ArraySlice<UInt8> { text[(field == 0 ? 0 : ends[field - 1])..<ends[field]] }

    /// Makes the row ready for its first line.
    mutating func clear() {
        state = .fieldStart
        text.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    /// Takes the next line.
    mutating func add(_ line: ArraySlice<UInt8>) -> Progress {
        let quote = UInt8(ascii: "\"")
        if state == .quoted { text.append(UInt8(ascii: "\n")) }
        for byte in line {
            switch state {
            case .fieldStart where byte == quote: state = .quoted
            case .quoted where byte == quote: state = .quoteInQuoted
            case .quoted: text.append(byte)
            case .quoteInQuoted where byte == quote:
                text.append(quote)
                state = .quoted
            case _ where byte == separator:
                ends.append(text.count)
                state = .fieldStart
            case .quoteInQuoted: return .broken
            case .fieldStart, .plain:
                text.append(byte)
                state = .plain
            }
        }
        if state == .quoted { return .open }
        ends.append(text.count)
        return .complete
    }
}

extension CSVRow {
    /// A row that is to hold the header that starts with `line`. Excel writes semicolons where the comma is the decimal
    /// mark, and tabs when told to.
    init(header line: AudienceLine) {
        let separators = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
        self.init(separator: separators.first(where: line.bytes.contains) ?? separators[0])
    }

    /// The fields as column names.
    var names: [String] {
        (0..<count).map { field in
            let isSpace = { $0 == UInt8(ascii: " ") }
            let name = self[field].drop(while: isSpace)
            let end = name.lastIndex { !isSpace($0) }.map { $0 + 1 }
            return String(decoding: name[..<(end ?? name.endIndex)], as: UTF8.self)
        }
    }
}
