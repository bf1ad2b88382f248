import NIOCore
import TestSupport
import Testing

@testable import RedisClient

/// The client against a real Redis Cluster of three masters.
@Suite struct ClusterTests {
    private func withCluster(_ body: (RedisClient, RedisCluster) async throws -> Void) async throws {
        let cluster = try await RedisCluster.start(masters: 3)
        defer { cluster.stop() }
        let client = RedisClient(url: try RedisURL(cluster.url))
        try await body(client, cluster)
        client.close()
    }

    private var soon: NIODeadline { .now() + .seconds(10) }

    private func count(_ command: String, at node: Int, of cluster: RedisCluster) async throws -> Int {
        let stats = try await RedisCLI(cluster.nodes[node]).run("INFO", "commandstats")
        let line = stats.split(whereSeparator: \.isNewline).first { $0.hasPrefix("cmdstat_\(command):calls=") }
        return line.flatMap { Int($0.split(separator: "=")[1].prefix { $0.isNumber }) } ?? 0
    }

    @Test func eachKeyIsAskedOfItsOwnMaster() async throws {
        try await withCluster { client, cluster in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<600 {
                    group.addTask {
                        _ = try await client.send(["INCR", "k\(number)"], deadline: .now() + .seconds(30))
                    }
                }
                try await group.waitForAll()
            }
            var kept = 0
            for node in 0..<3 {
                let keys = try await Int(RedisCLI(cluster.nodes[node]).run("DBSIZE")) ?? 0
                #expect(keys > 100)
                // None was sent on by another.
                #expect(try await count("incr", at: node, of: cluster) == keys)
                kept += keys
            }
            #expect(kept == 600)
            #expect(try await client.masters().count == 3)
        }
    }

    @Test func aKeyOfAMovingSlotIsFoundBeforeAndAfterItMoved() async throws {
        try await withCluster { client, cluster in
            let slot = KeySlot.of(Array("{a}here".utf8)[...])
            let source = slot * 3 / 16_384
            let target = (source + 1) % 3
            _ = try await client.send(["SET", "{a}here", "1"], deadline: soon)
            try await cluster.beginMove(ofSlot: slot, from: source, to: target)
            #expect(try await client.send(["INCR", "{a}here"], deadline: soon) == .integer(2))
            // It is none of the source's, so the source says ASK.
            #expect(try await client.send(["INCR", "{a}new"], deadline: soon) == .integer(1))
            #expect(try await RedisCLI(cluster.nodes[target]).run("DBSIZE") == "1")
            try await cluster.moveKeys(ofSlot: slot, from: source, to: target)
            #expect(try await client.send(["INCR", "{a}here"], deadline: soon) == .integer(3))
            try await cluster.endMove(ofSlot: slot, to: target)
            #expect(try await client.send(["INCR", "{a}new"], deadline: soon) == .integer(2))
            let before = try await count("get", at: source, of: cluster)
            for _ in 0..<10 { _ = try await client.send(["GET", "{a}here"], deadline: soon) }
            // What moved is known from then on.
            #expect(try await count("get", at: source, of: cluster) == before)
            #expect(try await count("get", at: target, of: cluster) >= 10)
        }
    }

    @Test func keysThatAreHalfMovedAreToBeTriedAgain() async throws {
        try await withCluster { client, cluster in
            let slot = KeySlot.of(Array("{a}".utf8)[...])
            let source = slot * 3 / 16_384
            _ = try await client.send(["MSET", "{a}1", "x", "{a}2", "y"], deadline: soon)
            try await cluster.beginMove(ofSlot: slot, from: source, to: (source + 1) % 3)
            _ = try await RedisCLI(cluster.nodes[source]).run("DEL", "{a}1")
            let error = await #expect(throws: RedisError.self) {
                try await client.send(["MGET", "{a}1", "{a}2"], deadline: soon)
            }
            #expect(error?.code == .server("TRYAGAIN") && error?.isPassing == true && error?.mayHaveExecuted == false)
        }
    }

    @Test func nothingRunsTwiceWhileASlotMovesToAndFro() async throws {
        try await withCluster { client, cluster in
            let slot = KeySlot.of(Array("{a}n".utf8)[...])
            let home = slot * 3 / 16_384
            let isOver = LockedBox(false)
            let counting = Task {
                var confirmed = 0
                while !isOver.value {
                    let rounds = try await withThrowingTaskGroup(of: Bool.self) { group in
                        for _ in 0..<20 {
                            group.addTask {
                                do throws(RedisError) {
                                    _ = try await client.send(["INCR", "{a}n"], deadline: .now() + .seconds(10))
                                    return true
                                } catch {
                                    // It moves just now, and has not run.
                                    guard error.isPassing, !error.mayHaveExecuted else { throw error }
                                    return false
                                }
                            }
                        }
                        return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                    }
                    confirmed += rounds
                }
                return confirmed
            }
            for round in 0..<6 {
                let source = (home + round) % 3
                let target = (source + 1) % 3
                try await cluster.beginMove(ofSlot: slot, from: source, to: target)
                try await cluster.moveKeys(ofSlot: slot, from: source, to: target)
                try await cluster.endMove(ofSlot: slot, to: target)
            }
            isOver.value = true
            let confirmed = try await counting.value
            #expect(confirmed > 0)
            #expect(try await client.send(["GET", "{a}n"], deadline: soon).integer == confirmed)
        }
    }

    @Test func whatIsNoClusterSaysSo() async throws {
        try await withCluster { _, cluster in
            let port = try #require(RedisURL(cluster.url).description.split(separator: ",").first)
            let alone = RedisClient(url: try RedisURL("redis://\(port)"))
            let error = await #expect(throws: RedisError.self) {
                for key in ["a", "b", "c", "d", "e"] { _ = try await alone.send(["GET", key], deadline: soon) }
            }
            #expect(error?.code == .server("MOVED"))
            alone.close()
        }
    }
}
