internal import RedisClient

extension Limiter {
    /// Goes through a collection's elements in pages.
    ///
    /// - Parameter command: such as `["SSCAN", key]`.
    func scan(_ command: [String], _ visit: ([String]) async throws -> Void) async throws {
        try await scan(command, asking: { try await self.runner.send($0) }, visit)
    }

    /// Goes through all keys that match a pattern in pages: on each master of a cluster.
    func scanKeys(matching pattern: String, _ visit: ([String]) async throws -> Void) async throws {
        for master in try await runner.masters() {
            try await scan(
                ["SCAN"], suffix: ["MATCH", pattern], asking: { try await self.runner.send($0, to: master) }, visit)
        }
    }

    private func scan(
        _ command: [String], suffix: [String] = [], asking ask: (RedisCommand) async throws -> RedisValue,
        _ visit: ([String]) async throws -> Void
    ) async throws {
        var cursor = "0"
        repeat {
            let reply = try await ask(RedisCommand(command + [cursor] + suffix + ["COUNT", "1000"]))
            guard let parts = reply.elements, parts.count == 2, let next = parts[0].text, let page = parts[1].elements
            else { throw HeadcountError(.unexpectedReply, "Redis sent a malformed reply to \(command[0])") }
            try await visit(page.compactMap(\.text))
            cursor = next
        } while cursor != "0"
    }
}
