package import Foundation

/// A line of a journal: a contact that was admitted while Redis could not be asked.
///
///     {"account":"acct_42","action":"campaign:spring","contact":"ann","period":"2026-11","time":"2026-11-28T08:01:50.123Z","v":1}
package struct JournalEntry: Hashable, Sendable {
    /// The version of the format that this program writes, and the only one that it reads.
    static let version = 1

    /// When it was admitted, by what the process believed Redis's clock to show.
    package let time: Date
    package let account: String
    package let contact: String
    package let action: Action
    /// The period that the process believed in: it may not have known the account's calendar.
    package let period: PeriodName

    package init(time: Date, account: String, contact: String, action: Action, period: PeriodName) {
        self.time = time
        self.account = account
        self.contact = contact
        self.action = action
        self.period = period
    }

    /// What is wrong with a line.
    struct Fault: Error {
        let reason: String
    }

    private struct Line: Codable {
        let account, action, contact, period, time: String
        let v: Int
    }

    private struct Version: Decodable {
        let v: Int
    }

    private static let timeStyle = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    /// The line, with its end.
    package var line: Data {
        get throws {
            let line = Line(
                account: account, action: action.description, contact: contact, period: period.description,
                time: time.formatted(Self.timeStyle), v: Self.version)
            return try JSONText.data(line) + [UInt8(ascii: "\n")]
        }
    }

    /// - Parameter line: without its end.
    init(line: Data) throws(Fault) {
        let decoder = JSONDecoder()
        guard let version = try? decoder.decode(Version.self, from: line) else {
            throw Fault(reason: "no line of a journal")
        }
        guard version.v == Self.version else {
            throw Fault(
                reason: "version \(version.v) of the format is unknown; replay it with the program that wrote it")
        }
        guard let line = try? decoder.decode(Line.self, from: line) else {
            throw Fault(reason: "account, action, contact, period or time is missing or no text")
        }
        guard let time = try? Date(line.time, strategy: Self.timeStyle) else {
            throw Fault(reason: "time '\(line.time.printable)' is none")
        }
        do throws(HeadcountError) {
            try Identifier.check(account: line.account)
            try Identifier.check(contact: line.contact)
            self.init(
                time: time, account: line.account, contact: line.contact, action: try Action(line.action),
                period: try PeriodName(line.period, startDay: 1))
        } catch {
            throw Fault(reason: error.message)
        }
    }
}
