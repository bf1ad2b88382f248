internal import Headcount

/// The answer to "was this contact counted?".
struct ContactAnswer {
    let contact, answer, text: String
    let explanation: String?

    /// - Parameter isCurrent: whether the usage is that of the present period.
    init(_ contact: String, isCounted: Bool, in usage: Usage, isCurrent: Bool) {
        self.contact = contact
        answer = isCounted ? "counted" : "notCounted"
        text = "\(isCounted ? "Counted" : "Not counted") in \(usage.period.text(in: usage.calendar.zone))."
        let end = DateText(usage.resetsAt, in: usage.calendar.zone).day
        explanation =
            if !isCurrent {
                nil
            } else if isCounted {
                "It costs nothing more until \(end)."
            } else if usage.remaining > 0 || usage.mode == .soft {
                "It would count when an automation next touches it."
            } else {
                "The account is at its limit: automations stop for this contact until \(end), or an upgrade."
            }
    }

    /// Of what is no contact.
    init(_ contact: String, fault: String) {
        self.contact = contact.printable
        answer = "invalid"
        text = fault
        explanation = nil
    }
}
