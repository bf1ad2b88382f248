internal import Foundation
internal import Headcount

/// How a campaign's report is written: a line for each contact, in JSON or as CSV.
enum ReportFormat: String {
    case jsonl, csv

    var contentType: String { self == .csv ? "text/csv; charset=utf-8" : "application/jsonl" }

    /// What stands before the lines.
    var head: String { self == .csv ? "contact,outcome,reason,attempts,at\r\n" : "" }

    /// Put together by hand, since there may be a million. Keys in alphabetical order.
    func line(_ outcome: CampaignOutcome) -> String {
        let at = outcome.at?.formatted(.iso8601)
        switch self {
        case .jsonl:
            func text(_ text: String?) -> String { text.map(JSONString.literal) ?? "null" }
            return "{\"at\":\(text(at)),\"attempts\":\(outcome.attempts),\"contact\":\(text(outcome.contact)),"
                + "\"outcome\":\"\(outcome.outcome.rawValue)\",\"reason\":\(text(outcome.reason))}\n"
        case .csv:
            return CSVText.row([
                outcome.contact ?? "", outcome.outcome.rawValue, outcome.reason, String(outcome.attempts), at ?? "",
            ])
        }
    }
}
