public import EmbeddedRedis

/// A Redis Cluster of masters without replicas, each with a part of the hash slots.
public final class RedisCluster: Sendable {
    /// In the order of their slots.
    public let nodes: [EmbeddedRedis]
    private let ports: [Int]
    private let ids: [String]

    private init(_ nodes: [EmbeddedRedis], _ ports: [Int], _ ids: [String]) {
        self.nodes = nodes
        self.ports = ports
        self.ids = ids
    }

    /// Starts the nodes and waits until they know of each other.
    public static func start(masters count: Int) async throws -> RedisCluster {
        var nodes: [EmbeddedRedis] = []
        var ports: [Int] = []
        var ids: [String] = []
        for _ in 0..<count {
            let (node, port) = try await startNode()
            nodes.append(node)
            ports.append(port)
            ids.append(try await RedisCLI(node).run("CLUSTER", "MYID"))
        }
        for (index, node) in nodes.enumerated() {
            let first = 16_384 * index / count
            let last = 16_384 * (index + 1) / count - 1
            _ = try await RedisCLI(node).run("CLUSTER", "ADDSLOTSRANGE", "\(first)", "\(last)")
            _ = try await RedisCLI(node).run("CLUSTER", "SET-CONFIG-EPOCH", "\(index + 1)")
            _ = try await RedisCLI(node).run("CLUSTER", "MEET", "127.0.0.1", "\(ports[0])")
        }
        for node in nodes {
            _ = try await eventually {
                let info = try await RedisCLI(node).run("CLUSTER", "INFO")
                return info.contains("cluster_state:ok") && info.contains("cluster_size:\(count)")
            }
        }
        return RedisCluster(nodes, ports, ids)
    }

    /// A node wants a TCP port, and one more that is 10,000 higher: tried until both are free.
    private static func startNode() async throws -> (EmbeddedRedis, Int) {
        var tries = 20
        while true {
            let port = Int.random(in: 20_000...32_000)
            var configuration = EmbeddedRedis.Configuration()
            configuration.arguments = [
                "--cluster-enabled", "yes", "--cluster-node-timeout", "2000", "--port", "\(port)",
            ]
            do { return (try await EmbeddedRedis.start(configuration: configuration), port) } catch {
                tries -= 1
                if tries == 0 { throw error }
            }
        }
    }

    /// Such as `redis-cluster://127.0.0.1:20001,127.0.0.1:20002`.
    public var url: String { "redis-cluster://" + ports.map { "127.0.0.1:\($0)" }.joined(separator: ",") }

    /// Tells both nodes that a slot is about to move. Its keys stay for now.
    public func beginMove(ofSlot slot: Int, from source: Int, to target: Int) async throws {
        _ = try await RedisCLI(nodes[target]).run("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", ids[source])
        _ = try await RedisCLI(nodes[source]).run("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", ids[target])
    }

    /// Moves the keys that the slot has now.
    public func moveKeys(ofSlot slot: Int, from source: Int, to target: Int) async throws {
        let keys = try await RedisCLI(nodes[source]).run("CLUSTER", "GETKEYSINSLOT", "\(slot)", "1000")
        for key in keys.split(separator: "\n") {
            _ = try await RedisCLI(nodes[source]).run(
                "MIGRATE", "127.0.0.1", "\(ports[target])", String(key), "0", "5000")
        }
    }

    /// Gives the slot to its new master.
    public func endMove(ofSlot slot: Int, to target: Int) async throws {
        for node in [nodes[target]] + nodes {
            _ = try await RedisCLI(node).run("CLUSTER", "SETSLOT", "\(slot)", "NODE", ids[target])
        }
    }

    /// Ends all nodes.
    public func stop() {
        for node in nodes { node.stop() }
    }
}
