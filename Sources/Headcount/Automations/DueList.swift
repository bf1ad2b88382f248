internal import Foundation
internal import RedisClient

/// What many processes look after, one of them at a time: a sorted set by when each element is due (due.lua). It expires
/// once nothing was put in for longer than any campaign is kept.
package struct DueList: Sendable {
    private static let retention = 420 * 86_400

    private let runner: ScriptRunner
    private let key: String

    init(runner: ScriptRunner, key: String) {
        self.runner = runner
        self.key = key
    }

    /// Takes what is due; it is due for others once the lease has ended.
    ///
    /// - Returns: The elements, and in how much time the next one is due.
    package func take(most: Int, lease: Duration) async throws -> (elements: [String], wait: Duration) {
        let call = ScriptCall(keys: [key], arguments: [String(most), String(lease.milliseconds)])
        let (reply, _) = try await runner.run(LimiterScripts.due, for: "") { _ in call }
        guard let parts = reply.elements, parts.count == 2, let elements = parts[0].elements,
            let wait = parts[1].integer
        else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to due.lua") }
        return (elements.compactMap(\.text), .milliseconds(wait))
    }

    /// Puts an element in, due at once, if it isn't there.
    package func add(_ element: String) async throws {
        try await put([element], within: .zero)
    }

    /// Has somebody look at the elements in a while, if they aren't in: for what is about to be written, should it be and its
    /// writer then die.
    ///
    /// - Parameter elements: at most 256.
    func expect(_ elements: [String]) async throws {
        try await put(elements, within: .seconds(5))
    }

    /// Has somebody look at the element at once.
    package func hurry(_ element: String) async throws {
        try await hurry([element])
    }

    /// - Parameter elements: at most 256.
    func hurry(_ elements: [String]) async throws {
        try await put(elements, within: nil)
    }

    private func put(_ elements: [String], within time: Duration?) async throws {
        let due = time.map { String($0.milliseconds) } ?? "-1"
        let call = ScriptCall(keys: [key], arguments: [due, String(Self.retention)] + elements)
        _ = try await runner.run(LimiterScripts.hurry, for: "") { _ in call }
    }

    /// Puts an element off that was taken, unless somebody hurried it meanwhile.
    package func put(off element: String, by time: Duration) async throws {
        let call = ScriptCall(keys: [key], arguments: [element, String(time.milliseconds)])
        _ = try await runner.run(LimiterScripts.`defer`, for: "") { _ in call }
    }

    /// Takes an element out that nobody needs to look at any more, unless somebody hurried it meanwhile.
    package func leave(_ element: String) async throws {
        let call = ScriptCall(keys: [key], arguments: [element, "-1"])
        _ = try await runner.run(LimiterScripts.`defer`, for: "") { _ in call }
    }

    /// For how long the first element has been due; zero if none is.
    package func overdue() async throws -> Duration {
        let first = try await runner.send(["ZRANGE", key, "0", "0", "WITHSCORES"]).elements ?? []
        guard first.count == 2, let due = first[1].text.flatMap({ Double($0) }), due > 0 else { return .zero }
        return max(.zero, .seconds(runner.clock.now.timeIntervalSince1970 - due / 1_000))
    }

    package func remove(_ element: String) async throws {
        _ = try await runner.send(["ZREM", key, element])
    }
}
