internal import Foundation
internal import Headcount

/// Until when a contact may be answered: a fact for each reply window that the account's scenarios have.
enum ReplyWindows {
    static func facts(_ contact: ContactFacts) -> [AccountPage.Fact] {
        var scenarios = Dictionary(grouping: contact.scenarios) { $0.definition.replyWindow }
        if scenarios.isEmpty { scenarios[Scenario.Definition.standardReplyWindow] = [] }
        return scenarios.sorted { ($0.key ?? Int.max) < ($1.key ?? Int.max) }.map { window, those in
            let (text, note) = words(window, contact)
            // Where they are all alike, it need not be said whose it is.
            let names = scenarios.count > 1 ? "by \(those.map(\.id).joined(separator: ", "))" : nil
            let notes = [names, note].compactMap { $0 }.joined(separator: "; ")
            return AccountPage.Fact(
                label: "May be answered", valueText: text, noteText: notes.isEmpty ? nil : notes)
        }
    }

    /// When the window closes, by the contact's last event; nil for one that doesn't, or without an event.
    static func end(_ window: Int?, _ contact: ContactFacts) -> Date? {
        guard let window, let last = contact.history.lastEvent else { return nil }
        return last.addingTimeInterval(TimeInterval(window))
    }

    private static func words(_ window: Int?, _ contact: ContactFacts) -> (text: String, note: String?) {
        guard window != nil else { return ("At any time", nil) }
        guard let closing = end(window, contact) else { return ("Not before its next event", nil) }
        let time = DateText(closing, in: contact.zone).dayAndTime
        if closing > contact.now { return ("Until \(time)", nil) }
        return ("Not before its next event", "the reply window closed \(time)")
    }
}
