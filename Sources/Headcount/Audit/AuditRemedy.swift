/// What `--mend` does: only what is certain, and nothing that takes a counted contact out.
package enum AuditRemedy: Hashable, Sendable {
    /// Sets the expiry that a key of its kind has.
    case expire(StoredKey)
    case persist(StoredKey)
    /// Writes down how many counted contacts no day has (tally.lua).
    case attribute(PeriodName)
    /// Frees slots that nobody has, and holds those that somebody has (slots.lua).
    case slots(PeriodName)
    /// Lets a merged contact go by the name at the end of the chain (relink.lua).
    case relink(PeriodName, from: [UInt8], target: [UInt8], into: [UInt8])
    case enter(PeriodName)
    case hurryNotices
    case hurry(AutomationName)
    case link(instagram: String)

    /// What is done, in words.
    package var text: String {
        switch self {
        case .expire: "sets the expiry that the scripts would have set"
        case .persist: "takes the expiry away"
        case .attribute: "writes them down in the statistics as of no known day"
        case .slots: "frees slots that nobody has, and holds those that somebody has"
        case .relink: "lets the contact go by the last name of the chain"
        case .enter: "enters the account into the index"
        case .hurryNotices: "puts the account on the list"
        case .hurry: "puts it on the list"
        case .link: "links the id to the account"
        }
    }
}
