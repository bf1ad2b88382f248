import Headcount

extension Settings {
    /// What is done when Redis can't be asked.
    var failurePolicy: FailurePolicy {
        get async throws {
            let journal = try await journalDirectory
            switch try await text("failure.policy") ?? "closed" {
            case "closed": return .closed
            case "open":
                guard let journal else {
                    let key: SettingsKey = "failure.journal"
                    throw Failure(
                        "failure.policy is open, and \(key.name) (\(key.variable)) is missing; give the directory in which "
                            + "is kept who was admitted without Redis", .usage)
                }
                var bounds = FailOpen(journal: journal)
                if let contacts = try await integer("failure.maximumContacts") {
                    guard (1...1_000_000).contains(contacts) else {
                        throw Self.fault(
                            "failure.maximumContacts", "\(contacts)", "give 1 to 1000000 contacts an account")
                    }
                    bounds.maximumContacts = contacts
                }
                if let seconds = try await number("failure.maximumSeconds") {
                    guard seconds > 0, seconds <= 86_400 else {
                        throw Self.fault(
                            "failure.maximumSeconds", "\(seconds)", "give seconds, above 0 and at most 86400")
                    }
                    bounds.maximumDuration = .milliseconds(max(1, Int(seconds * 1_000)))
                }
                return .open(bounds)
            case let word: throw Self.fault("failure.policy", word, "give closed or open")
            }
        }
    }

    /// Where journals are.
    var journalDirectory: String? {
        get async throws { try await text("failure.journal") }
    }
}
