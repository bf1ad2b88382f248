internal import Foundation
internal import RedisClient

/// Which servers have which keys. While it stays the same, going through all keys finds each that is there all the time.
struct ServerMark: Equatable {
    private let servers: Set<String>
    /// Whether keys are on their way from one server to another.
    let isMoving: Bool

    init(_ limiter: Limiter) async throws {
        var servers: Set<String> = []
        var isMoving = false
        for master in try await limiter.runner.masters() {
            let info = try await limiter.runner.send(["INFO", "server"], to: master).text ?? ""
            // Another one after each start, and that of another server after a fail-over.
            var mark = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("run_id:") }.map(String.init) ?? ""
            if case .cluster = limiter.runner.redis.url.topology {
                let nodes = try await limiter.runner.send(["CLUSTER", "NODES"], to: master).text ?? ""
                let own = nodes.split(whereSeparator: \.isNewline).first { $0.contains("myself") } ?? ""
                // id address flags master ping pong epoch link slots …, with [SLOT->-ID] for one that moves.
                let slots = own.split(separator: " ").dropFirst(8)
                isMoving = isMoving || slots.contains { $0.hasPrefix("[") }
                mark += " " + slots.joined(separator: " ")
            }
            servers.insert(mark)
        }
        self.servers = servers
        self.isMoving = isMoving
    }
}
