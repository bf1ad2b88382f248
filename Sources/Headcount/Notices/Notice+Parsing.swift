internal import Foundation
internal import RedisClient

extension Notice {
    /// An entry of the outbox, with what `deliveries` says of it: ATTEMPTS DUE DETAIL.
    init?(_ account: String, pending entry: RedisValue, delivery: String?) {
        guard let (id, fields) = Self.parts(entry) else { return nil }
        let parts = (delivery ?? "").split(separator: " ", maxSplits: 2).map(String.init)
        self.init(
            account, id: id, told: id, fields, status: .pending, attempts: parts.first.flatMap { Int($0) } ?? 0,
            detail: parts.count > 2 ? parts[2] : "",
            due: parts.count > 1 ? Double(parts[1]).map { Date(timeIntervalSince1970: $0 / 1_000) } : nil)
    }

    /// An entry of the list of past notices.
    init?(_ account: String, past entry: RedisValue) {
        guard let (_, fields) = Self.parts(entry), let told = fields["told"],
            let status = fields["status"].flatMap(Status.init(rawValue:))
        else { return nil }
        self.init(
            account, id: told, told: told, fields, status: status,
            attempts: fields["attempts"].flatMap { Int($0) } ?? 0,
            detail: fields["detail"] ?? "", due: nil)
    }

    private init?(
        _ account: String, id: String, told: String, _ fields: [String: String], status: Status, attempts: Int,
        detail: String, due: Date?
    ) {
        // One that is sent again keeps its first id.
        let first = fields["first"] ?? told
        guard let event = fields["event"].flatMap(Event.init(rawValue:)),
            let milliseconds = first.split(separator: "-").first.flatMap({ Double($0) })
        else { return nil }
        let own = ["event", "status", "attempts", "detail", "told", "first"]
        self.init(
            id: first, account: account, event: event, at: Date(timeIntervalSince1970: milliseconds / 1_000),
            status: status, attempts: attempts, detail: detail, due: due,
            fields: fields.filter { !own.contains($0.key) })
    }

    private static func parts(_ entry: RedisValue) -> (id: String, fields: [String: String])? {
        guard let parts = entry.elements, parts.count == 2, let id = parts[0].text, let fields = parts[1].fields else {
            return nil
        }
        return (id, fields)
    }
}
