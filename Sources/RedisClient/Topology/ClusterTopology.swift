internal import NIOCore
internal import Synchronization

/// A Redis Cluster: each command goes to the master that has its key's hash slot (Redis Cluster specification).
///
/// A redirect is followed, since the node that gave it has not run the command. What may have run is never sent again
/// here: whoever called decides.
final class ClusterTopology: ServerTopology {
    /// More in one call than any move of a slot takes.
    private static let maximumRedirects = 16
    private static let maximumAsked = 5
    private static let answerTime = TimeAmount.seconds(1)

    private struct State {
        var map: SlotMap?
        var servers: [ServerAddress: RedisServer] = [:]
        var closedBecause: RedisError?
    }

    private let seeds: [ServerAddress]
    private let setup: ServerSetup
    private let lookout: Lookout
    private let state = Mutex(State())

    init(seeds: [ServerAddress], setup: ServerSetup) {
        self.seeds = seeds
        self.setup = setup
        lookout = Lookout(eventLoop: setup.eventLoopGroup.next())
        lookout.everySecond { [weak self] in self?.lookAgain() }
    }

    func send(
        _ command: RedisCommand, deadline: NIODeadline, failsFast: Bool
    ) async throws(RedisError) -> RedisValue {
        let slot = command.key.map(KeySlot.of)
        var server = try await master(of: slot, deadline: deadline)
        var next = command
        for _ in 0..<Self.maximumRedirects {
            let error: RedisError
            do throws(RedisError) {
                // A node that can't be reached is not waited for: another may have taken its slots over.
                return try await server.send(next, deadline: deadline, failsFast: true)
            } catch let failure {
                error = failure
            }
            guard let redirect = Redirect(error, from: server.address.host) else {
                if Self.casts(doubtOnMap: error) { look(without: server.address) }
                guard slot == nil, [.connectionFailed, .silent].contains(error.code),
                    let other = knownMaster(besides: server)
                else {
                    throw error
                }
                server = other
                continue
            }
            setup.metrics.redirected(redirect.kind)
            server = follow(redirect)
            next = redirect.kind == .ask ? command.asking : command
        }
        throw RedisError(.server("TRYAGAIN"), "the cluster sends hash slot \(slot ?? 0) from one node to the next")
    }

    func masters() async throws(RedisError) -> [RedisServer] {
        _ = try await master(of: nil)
        return state.withLock { state in
            let masters = state.map?.masters ?? []
            return masters.map { server(at: $0, &state) }
        }
    }

    func close(because error: RedisError) {
        lookout.stop()
        let servers = state.withLock { state in
            state.closedBecause = error
            return state.servers.values
        }
        for server in servers { server.close(because: error) }
    }

    // MARK: Finding the server

    /// The master of the slot, or of any if it is nil.
    private func master(of slot: Int?, deadline: NIODeadline? = nil) async throws(RedisError) -> RedisServer {
        if let server = knownMaster(of: slot) { return server }
        if let deadline, let refusal = lookout.refusal(deadline: deadline) { throw refusal }
        let failure = await look(without: nil).value
        if let server = knownMaster(of: slot) { return server }
        throw failure ?? RedisError(.server("CLUSTERDOWN"), "no node of the cluster has hash slot \(slot ?? 0)")
    }

    private func knownMaster(of slot: Int?) -> RedisServer? {
        state.withLock { state in
            let address = slot.map { state.map?[$0] } ?? state.map?.masters.randomElement()
            return address.map { server(at: $0, &state) }
        }
    }

    private func knownMaster(besides server: RedisServer) -> RedisServer? {
        state.withLock { state in
            state.map?.masters.filter { $0 != server.address }.randomElement().map { self.server(at: $0, &state) }
        }
    }

    private func server(at address: ServerAddress, _ state: inout State) -> RedisServer {
        if let server = state.servers[address] { return server }
        let server = RedisServer(address, setup: setup)
        if let error = state.closedBecause { server.close(because: error) }
        state.servers[address] = server
        return server
    }

    private func follow(_ redirect: Redirect) -> RedisServer {
        if redirect.kind == .moved { look(without: nil) }
        return state.withLock { state in
            if redirect.kind == .moved { state.map?.move(redirect.slot, to: redirect.address) }
            return server(at: redirect.address, &state)
        }
    }

    /// Whether the slots of the server that gave no better answer may have another master by now.
    private static func casts(doubtOnMap error: RedisError) -> Bool {
        switch error.code {
        case .connectionFailed, .connectionLost, .timedOut, .silent, .server("CLUSTERDOWN"): true
        default: false
        }
    }

    // MARK: Looking at the cluster

    /// A node that stands still closes no connection; others may have replaced it all the same.
    private func lookAgain() {
        if lookout.isProbing { look(without: nil) }
        for server in state.withLock({ Array($0.servers.values) }) where server.fellSilent() {
            look(without: server.address)
        }
    }

    @discardableResult
    private func look(without suspect: ServerAddress?) -> Task<RedisError?, Never> {
        lookout.look { await self.askForMap(without: suspect) }
    }

    /// Asks some nodes at once, and goes by the first that answers.
    private func askForMap(without suspect: ServerAddress?) async -> RedisError? {
        await withTaskGroup(of: Result<SlotMap, RedisError>.self) { group in
            for server in nodesToAsk(without: suspect) {
                group.addTask { await Self.map(from: server) }
            }
            var failure: RedisError?
            for await answer in group {
                switch answer {
                case .success(let map):
                    group.cancelAll()
                    adopt(map)
                    return nil
                case .failure(let error): failure = error
                }
            }
            return failure
        }
    }

    private func nodesToAsk(without suspect: ServerAddress?) -> [RedisServer] {
        state.withLock { state in
            let masters = state.map?.masters.shuffled() ?? []
            var nodes: [ServerAddress] = []
            for node in masters.prefix(Self.maximumAsked) + seeds.shuffled().prefix(Self.maximumAsked)
            where node != suspect && !nodes.contains(node) {
                nodes.append(node)
            }
            return (nodes.isEmpty ? seeds : nodes).map { server(at: $0, &state) }
        }
    }

    private static func map(from server: RedisServer) async -> Result<SlotMap, RedisError> {
        do throws(RedisError) {
            let reply = try await server.send(["CLUSTER", "SLOTS"], deadline: .now() + answerTime, failsFast: true)
            guard let map = SlotMap(reply, from: server.address.host) else {
                throw RedisError(.protocolViolation, "\(server.address) sent a malformed reply to CLUSTER SLOTS")
            }
            guard !map.masters.isEmpty else {
                throw RedisError(.server("CLUSTERDOWN"), "\(server.address) knows of no node that has hash slots")
            }
            return .success(map)
        } catch {
            guard error.message.contains("cluster support disabled") else { return .failure(error.ofLook) }
            let reason = "\(server.address) is no node of a Redis Cluster; write redis:// for a single server"
            return .failure(RedisError(.handshakeRefused, reason))
        }
    }

    private func adopt(_ map: SlotMap) {
        let replaced = state.withLock { state in
            let gone = Set(state.map?.masters ?? []).subtracting(map.masters)
            state.map = map
            return gone.compactMap { state.servers.removeValue(forKey: $0) }
        }
        for server in replaced {
            let reason = "\(server.address) is no longer a master of the cluster"
            server.close(because: RedisError(.connectionLost, reason))
        }
    }
}
