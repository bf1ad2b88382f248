internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Synchronization

/// One shared, pipelined connection that any number of tasks use at once, and that connects again by itself.
///
/// Callers append to one buffer under a lock; the event loop writes it once a turn and matches replies in order.
/// A caller that is cancelled, or whose deadline passes, leaves its reply to be discarded: its neighbours notice nothing.
final class RedisConnection: RepliesReceiver {
    typealias Waiter = CheckedContinuation<Result<RedisValue, RedisError>, Never>

    struct Options {
        var clientName: String
        var role = ServerRole.data
        var tls: RedisTLS?
        /// For connecting, and for the replies to the first commands.
        var connectTimeout: TimeAmount = .seconds(2)
        /// How long after a command's deadline its reply may still come, before the connection is given up.
        var stallTimeout: TimeAmount = .seconds(5)
        var limits = CommandQueue<Waiter>.Limits()
        /// Whose confirmation replies wait for.
        var barrier: ReplicationBarrier?
    }

    /// The server's address, for messages.
    let server: String
    private let address: ServerAddress
    private let url: RedisURL
    private let options: Options
    private let eventLoop: any EventLoop
    private let logger: Logger
    private let metrics: ConnectionMetrics
    private let state: Mutex<ConnectionStateMachine<Waiter>>
    private let nextID = Atomic<UInt64>(0)
    private let channel: NIOLoopBoundBox<(any Channel)?>

    /// - Parameter url: who calls, and whether by TLS.
    init(
        to address: ServerAddress, url: RedisURL, options: Options, eventLoop: any EventLoop, logger: Logger,
        metrics: ConnectionMetrics = ConnectionMetrics()
    ) {
        self.address = address
        self.url = url
        self.options = options
        self.eventLoop = eventLoop
        self.logger = logger
        self.metrics = metrics
        server = address.description
        state = Mutex(
            ConnectionStateMachine(limits: options.limits, barrier: options.barrier?.command, server: server))
        channel = .makeEmptyBox(valueType: (any Channel).self, eventLoop: eventLoop)
    }

    // MARK: Callers

    /// Sends a command and waits for its reply, which may be an error reply.
    ///
    /// - Parameter failsFast: throw when an attempt to connect fails, rather than wait for the next one.
    func send(
        _ command: RedisCommand, deadline: NIODeadline, failsFast: Bool = false
    ) async throws(RedisError) -> RedisValue {
        let id = nextID.wrappingAdd(1, ordering: .relaxed).newValue
        metrics.callBegan()
        defer { metrics.callEnded() }
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation {
                enqueue(command, id: id, deadline: deadline, failsFast: failsFast, waiter: $0)
            }
        } onCancel: {
            if let (waiter, error) = state.withLock({ $0.cancel(id) }) { waiter.resume(returning: .failure(error)) }
        }
        if Task.isCancelled { state.withLock { $0.forget(id) } }
        return try result.get()
    }

    private func enqueue(_ command: RedisCommand, id: UInt64, deadline: NIODeadline, failsFast: Bool, waiter: Waiter) {
        let now = NIODeadline.now()
        let (enqueued, change) = state.withLock {
            let enqueued = $0.enqueue(
                command, id: id, at: now, deadline: deadline, failsFast: failsFast, waiter: waiter)
            return (enqueued, $0.circuitChange())
        }
        note(change)
        switch enqueued {
        case .queued(let next, let sweepAt):
            perform(next)
            if let sweepAt { scheduleSweep(at: sweepAt) }
        case .refused(let error):
            waiter.resume(returning: .failure(error))
        }
    }

    /// Refuses all further commands and closes the channel. Whoever waits for a reply is told why.
    func close(because error: RedisError) {
        let (dismissed, change) = state.withLock { ($0.close(because: error), $0.circuitChange()) }
        answer(dismissed)
        note(change)
        eventLoop.execute { self.channel.value?.close(promise: nil) }
    }

    /// Whether somebody waited for a reply when this was last asked, and none has come since.
    func fellSilent() -> Bool {
        state.withLock { $0.fellSilent() }
    }

    /// Closes the channel, so that the next command connects anew: to whoever is the primary by then.
    func reconnect(because error: RedisError) {
        eventLoop.execute { self.giveUp(error) }
    }

    private func perform(_ next: ConnectionStateMachine<Waiter>.NextStep) {
        switch next {
        case .none: break
        case .connect: connect()
        case .flush: eventLoop.execute { self.flush() }
        }
    }

    // MARK: On the event loop

    private func flush() {
        guard let bytes = state.withLock({ $0.takeBytes() }) else { return }
        channel.value?.writeAndFlush(bytes, promise: nil)
    }

    private func connect() {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(options.connectTimeout)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if self.url.usesTLS, case .tcp(let host, _) = self.address {
                        try channel.pipeline.syncOperations.addHandler(self.makeTLSHandler(host))
                    }
                    let handshake = Handshake(
                        url: self.url, server: self.address, role: self.options.role,
                        clientName: self.options.clientName)
                    try channel.pipeline.syncOperations.addHandler(RepliesHandler(handshake: handshake, owner: self))
                }
            }
        let attempt =
            switch address {
            case .tcp(let host, let port):
                bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1).connect(host: host, port: port)
            case .unixSocket(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        attempt.whenComplete { result in
            switch result {
            case .success(let channel):
                // The server may accept and then say nothing.
                let timeout = self.options.connectTimeout
                let giveUp = channel.eventLoop.scheduleTask(in: timeout) {
                    if self.channel.value == nil { channel.pipeline.fireUserInboundEventTriggered(self.firstSilence) }
                }
                channel.closeFuture.whenComplete { _ in giveUp.cancel() }
            case .failure(let error):
                let reason = ConnectFailure.describe(error)
                self.disconnected(RedisError(.connectionFailed, "can't connect to Redis at \(self.server): \(reason)"))
            }
        }
    }

    private func makeTLSHandler(_ host: String) throws -> NIOSSLClientHandler {
        let tls = try options.tls ?? .standard()
        // An address is compared with those in the certificate, and never asked for.
        let name = tls.serverName ?? ((try? SocketAddress(ipAddress: host, port: 0)) == nil ? host : nil)
        return try NIOSSLClientHandler(context: tls.context, serverHostname: name)
    }

    func connected(_ channel: any Channel) {
        self.channel.value = channel
        metrics.connectionMade()
        logger.debug("connected to Redis", metadata: ["server": "\(server)"])
        let (next, isClosed, change) = state.withLock { ($0.connected(), $0.phase == .closed, $0.circuitChange()) }
        note(change)
        if isClosed { channel.close(promise: nil) }
        perform(next)
    }

    func heardInHandshake() {
        let change = state.withLock { state in
            state.heardInHandshake()
            return state.circuitChange()
        }
        note(change)
    }

    func received(_ replies: ArraySlice<RedisValue>) throws(RedisError) {
        var answers: [(Waiter, Result<RedisValue, RedisError>)] = []
        answers.reserveCapacity(replies.count)
        var next = ConnectionStateMachine<Waiter>.NextStep.none
        let (isUnexpected, change) = state.withLock { state in
            for reply in replies {
                switch state.reply(reply) {
                case .answer(let waiter): answers.append((waiter, .success(reply)))
                case .release(let group, let step):
                    for (waiter, held) in group {
                        answers.append(
                            (waiter, options.barrier?.answer(held, reply, server: server) ?? .success(held)))
                    }
                    next = step
                case .discard: break
                case .unexpected: return (true, state.circuitChange())
                }
            }
            return (false, state.circuitChange())
        }
        note(change)
        for (waiter, answer) in answers { waiter.resume(returning: answer) }
        perform(next)
        if isUnexpected {
            throw RedisError(.protocolViolation, "\(server) sent a reply to no command", mayHaveExecuted: true)
        }
    }

    func disconnected(_ error: RedisError) {
        if channel.value != nil { metrics.connectionLost() }
        channel.value = nil
        let (failed, change) = state.withLock {
            ($0.failed(error, jitter: .random(in: 0...1)), $0.circuitChange())
        }
        answer(failed.dismissed)
        note(change)
        guard let retryAfter = failed.retryAfter else { return }
        logger.debug("not connected to Redis", metadata: ["server": "\(server)", "error": "\(error)"])
        eventLoop.scheduleTask(in: retryAfter) { self.perform(self.state.withLock { $0.retry(at: .now()) }) }
    }

    private func scheduleSweep(at time: NIODeadline) {
        eventLoop.scheduleTask(deadline: time) { self.sweep(planned: time) }
    }

    private func sweep(planned: NIODeadline) {
        let sweep = state.withLock {
            $0.sweep(planned: planned, at: .now(), stallTimeout: options.stallTimeout, server: server)
        }
        answer(sweep.dismissed)
        if sweep.isStalled { giveUp(silence) }
        if let next = sweep.nextAt { scheduleSweep(at: next) }
    }

    /// The channel's handler closes it, and says why to those who wait.
    private func giveUp(_ error: RedisError) {
        channel.value?.pipeline.fireUserInboundEventTriggered(error)
    }

    /// Of a server that hasn't said anything yet.
    private var firstSilence: RedisError {
        url.usesTLS
            ? RedisError(.connectionFailed, "no answer from \(server) in time; does it speak TLS on this port?")
            : silence
    }

    private var silence: RedisError {
        RedisError(.connectionLost, "no answer from \(server) in time", mayHaveExecuted: true)
    }

    /// - Parameter circuit: whether it was opened or closed; nil: neither.
    private func note(_ circuit: Bool?) {
        // Without a sentinel, callers are not turned away.
        guard let isOpen = circuit, options.role != .sentinel else { return }
        metrics.circuitChanged(isOpen: isOpen)
        logger.notice(
            isOpen ? "no sign of life from Redis: callers are turned away at once" : "Redis gives signs of life again",
            metadata: ["server": "\(server)"])
    }

    private func answer(_ dismissed: [(waiter: Waiter, error: RedisError)]) {
        for (waiter, error) in dismissed { waiter.resume(returning: .failure(error)) }
    }
}
