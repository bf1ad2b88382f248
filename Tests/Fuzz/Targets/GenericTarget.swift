@testable import Headcount
@testable import HeadcountHTTP

/// Anybody's webhooks: each is refused as a whole, or gives events that can be recorded.
extension FuzzTarget {
    static let generic = FuzzTarget(
        name: "generic",
        words: jsonWords + [
            "\"events\":[", "\"event\":\"message\"", "\"contact\":", "\"ann\"", "\"id\":", "\"text\":", "\"at\":",
            "\"details\":{", "1569262485", "\"2026-11-15T09:00:00.5Z\"",
        ]
    ) { bytes in
        do {
            for case .event(let event) in try GenericWebhook.updates(in: bytes) { try event.check() }
        } catch let problem as Problem {
            try hold([.malformedJSON, .invalidBody].contains(problem.kind), "another problem: \(problem)")
            try hold(problem.detail.utf8.count < 1_000, "a detail of \(problem.detail.utf8.count) bytes")
        } catch let error as HeadcountError {
            try hold(error.code == .invalidContact, "another error: \(error)")
        }
    }
}
