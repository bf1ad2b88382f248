internal import Headcount

/// What became of a webhook's updates.
struct WebhookReceipt: Encodable, Equatable, Sendable {
    /// Events of contacts of accounts that are linked.
    var events = 0
    /// Runs that they started.
    var runs = 0
    /// Those of them that came before.
    var duplicates = 0
    /// What else there was.
    var ignored = 0

    mutating func add(_ results: [EventResult]) {
        events += results.count
        for result in results {
            switch result {
            case .duplicate: duplicates += 1
            case .taken(let reactions):
                for reaction in reactions {
                    if case .started = reaction.reaction { runs += 1 }
                }
            }
        }
    }
}
