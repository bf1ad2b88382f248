internal import Foundation
internal import Headcount

/// An entry of the audit list for people.
struct PlanChangeView {
    struct Value {
        let name, fromText, toText: String
    }

    let at, atText, who: String
    let values: [Value]
    let effectiveText: String?

    init(_ entry: PlanAuditEntry, zone: String) {
        at = entry.at.formatted(.iso8601)
        atText = DateText(entry.at, in: zone).dayAndTime
        who = entry.who
        let from = Self.pairs(entry.from)
        values = Self.pairs(entry.to).map { name, value in
            Value(
                name: Self.names[name] ?? name,
                fromText: from.first { $0.name == name }.map { Self.text($0.value) } ?? "the default",
                toText: Self.text(value))
        }
        effectiveText =
            entry.effective > entry.at ? "holds from \(DateText(entry.effective, in: zone).day)" : nil
    }

    private static let names = ["startDay": "start day"]

    /// `plan=free limit=100`.
    private static func pairs(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: " ").compactMap { pair in
            let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
            return parts.count == 2 ? (parts[0], parts[1]) : nil
        }
    }

    private static func text(_ value: String) -> String { Int(value)?.grouped ?? value }
}
