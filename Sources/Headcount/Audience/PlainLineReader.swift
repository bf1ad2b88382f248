/// Takes each line as a contact.
struct PlainLineReader: AudienceLineReader {
    func read(_ line: AudienceLine, into records: inout [AudienceRecord]) {
        if line.isBlank { return }
        records.append(line.isTooLong ? line.tooLong : AudienceRecord(line: line.number, contact: line.bytes))
    }
}
