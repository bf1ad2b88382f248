internal import RedisClient

extension Limiter {
    /// Goes through a collection's elements in pages.
    ///
    /// - Parameter command: such as `["SSCAN", key]`.
    func scan(_ command: [String], _ visit: ([String]) async throws -> Void) async throws {
        try await scan(RedisCommand(command), asking: { try await self.runner.send($0) }) { page in
            try await visit(page.compactMap(\.text))
        }
    }

    /// Goes through all keys that match a pattern in pages: on each master of a cluster.
    func scanKeys(matching pattern: String, _ visit: ([String]) async throws -> Void) async throws {
        try await scanKeyValues(matching: pattern) { try await visit($0.compactMap(\.text)) }
    }

    /// As ``scanKeys(matching:_:)``, with keys that are no UTF-8, too.
    func scanKeyValues(matching pattern: String, _ visit: ([RedisValue]) async throws -> Void) async throws {
        for master in try await runner.masters() {
            try await scan(
                ["SCAN"], suffix: ["MATCH", pattern], asking: { try await self.runner.send($0, to: master) }, visit)
        }
    }

    /// As ``scan(_:_:)``, with elements that are no UTF-8, too, and pages of about `count`.
    func scanValues(
        _ command: RedisCommand, suffix: [String] = [], count: Int, _ visit: ([RedisValue]) async throws -> Void
    ) async throws {
        try await scan(
            command, suffix: suffix, count: count, asking: { try await self.runner.send($0) }, visit)
    }

    private func scan(
        _ command: RedisCommand, suffix: [String] = [], count: Int = 1_000,
        asking ask: (RedisCommand) async throws -> RedisValue, _ visit: ([RedisValue]) async throws -> Void
    ) async throws {
        var cursor = "0"
        repeat {
            var next = command
            next.append(contentsOf: [cursor] + suffix + ["COUNT", String(count)])
            let reply = try await ask(next)
            guard let parts = reply.elements, parts.count == 2, let text = parts[0].text, let page = parts[1].elements
            else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to a scan") }
            try await visit(page)
            cursor = text
        } while cursor != "0"
    }
}
