internal import NIOCore
internal import Synchronization

/// A master that is watched by Redis Sentinel: the sentinels are asked who it is, when connecting, when something goes
/// wrong, and once a second (Redis's "Guidelines for Redis clients with support for Redis Sentinel").
///
/// The server they name must say itself that it is the master. One that they no longer name is given up at once, so that
/// nothing is written to it any more.
final class SentinelTopology: ServerTopology {
    private static let answerTime = TimeAmount.milliseconds(500)

    private struct State {
        var named: NamedMaster?
        var master: RedisServer?
        var closedBecause: RedisError?
    }

    private let name: String
    private let sentinels: [RedisServer]
    private let setup: ServerSetup
    private let lookout: Lookout
    private let state = Mutex(State())

    init(sentinels: [ServerAddress], name: String, setup: ServerSetup) {
        self.name = name
        self.sentinels = sentinels.map { RedisServer($0, role: .sentinel, setup: setup) }
        self.setup = setup
        lookout = Lookout(eventLoop: setup.eventLoopGroup.next())
        lookout.everySecond { [weak self] in self?.lookAgain() }
    }

    func send(
        _ command: RedisCommand, deadline: NIODeadline, failsFast: Bool
    ) async throws(RedisError) -> RedisValue {
        let master = try await master(deadline: deadline)
        do throws(RedisError) {
            // A master that can't be reached is not waited for: another may have taken its place.
            return try await master.send(command, deadline: deadline, failsFast: true)
        } catch {
            switch error.code {
            case .connectionFailed, .connectionLost, .timedOut, .silent: look()
            case .server("READONLY"):
                look()
                throw RedisError(
                    .connectionLost, "\(master.address) is no longer the master", mayHaveExecuted: error.mayHaveExecuted
                )
            default: break
            }
            throw error
        }
    }

    func masters() async throws(RedisError) -> [RedisServer] { [try await master()] }

    var namedMaster: ServerAddress? { state.withLock { $0.named?.address } }

    func close(because error: RedisError) {
        lookout.stop()
        let master = state.withLock { state in
            state.closedBecause = error
            return state.master
        }
        for server in sentinels + [master].compactMap({ $0 }) { server.close(because: error) }
    }

    private func master(deadline: NIODeadline? = nil) async throws(RedisError) -> RedisServer {
        if let master = state.withLock({ $0.master }) { return master }
        if let deadline, let refusal = lookout.refusal(deadline: deadline) { throw refusal }
        let failure = await look().value
        if let master = state.withLock({ $0.master }) { return master }
        throw failure ?? RedisError(.connectionFailed, "the sentinels name no master")
    }

    /// Only for a process that uses the master: one that doesn't leaves the sentinels alone.
    private func lookAgain() {
        if lookout.isProbing || state.withLock({ $0.master != nil }) { look() }
    }

    @discardableResult
    private func look() -> Task<RedisError?, Never> {
        lookout.look { await self.askSentinels() }
    }

    private func askSentinels() async -> RedisError? {
        let (best, failure) = await withTaskGroup(of: Result<NamedMaster, RedisError>.self) { group in
            for sentinel in sentinels {
                group.addTask { await self.masterKnown(to: sentinel) }
            }
            var best: NamedMaster?
            var failure: RedisError?
            for await answer in group {
                switch answer {
                case .success(let named): if named.epoch >= best?.epoch ?? 0 { best = named }
                case .failure(let error): failure = error
                }
            }
            return (best, failure)
        }
        guard let best else { return failure }
        adopt(best)
        return nil
    }

    private func masterKnown(to sentinel: RedisServer) async -> Result<NamedMaster, RedisError> {
        do throws(RedisError) {
            let deadline = NIODeadline.now() + Self.answerTime
            // In this order, so that the address is no older than the fail-over it is taken to be of.
            let master = try await sentinel.send(["SENTINEL", "MASTER", name], deadline: deadline, failsFast: true)
            let address = try await sentinel.send(
                ["SENTINEL", "GET-MASTER-ADDR-BY-NAME", name], deadline: deadline, failsFast: true)
            guard let named = NamedMaster(address: address, master: master) else {
                throw RedisError(.protocolViolation, "\(sentinel.address) sent a malformed reply to SENTINEL MASTER")
            }
            return .success(named)
        } catch {
            return .failure(explain(error, sentinel))
        }
    }

    private func explain(_ error: RedisError, _ sentinel: RedisServer) -> RedisError {
        if error.message.contains("No such master") {
            return RedisError(.handshakeRefused, "the sentinel at \(sentinel.address) knows no master '\(name)'")
        }
        if error.message.contains("unknown command") {
            return RedisError(
                .handshakeRefused, "\(sentinel.address) is no sentinel; write redis:// for a single server")
        }
        return error.ofLook
    }

    private func adopt(_ named: NamedMaster) {
        let replaced: RedisServer? = state.withLock { state in
            // What a sentinel says that hasn't heard of the last fail-over yet is old.
            guard state.closedBecause == nil, named.epoch >= state.named?.epoch ?? 0 else { return nil }
            state.named = named
            guard state.master?.address != named.address else { return nil }
            defer { state.master = RedisServer(named.address, role: .namedMaster, setup: setup) }
            return state.master
        }
        guard let replaced else { return }
        replaced.close(because: RedisError(.connectionLost, "\(replaced.address) is no longer the master"))
    }
}
