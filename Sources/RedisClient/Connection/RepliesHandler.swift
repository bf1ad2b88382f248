internal import NIOCore

/// What a channel tells its connection, always on the channel's event loop.
protocol RepliesReceiver: Sendable {
    /// The server's address, for messages.
    var server: String { get }
    /// The handshake is done: commands may be written.
    func connected(_ channel: any Channel)
    /// A reply came before the handshake is done.
    func heardInHandshake()
    /// Replies, in the order of the commands.
    func received(_ replies: ArraySlice<RedisValue>) throws(RedisError)
    /// The channel is gone, or never got through its handshake.
    func disconnected(_ error: RedisError)
}

/// The thin shell on the channel: bytes to the reader, replies to the handshake or to whoever is next.
final class RepliesHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let reader = ReplyReader()
    private var handshake: Handshake?
    private let owner: any RepliesReceiver
    private var failure: RedisError?

    init(handshake: Handshake, owner: any RepliesReceiver) {
        self.handshake = handshake
        self.owner = owner
    }

    func channelActive(context: ChannelHandlerContext) {
        guard let handshake else { return }
        var buffer = context.channel.allocator.buffer(capacity: 256)
        for command in handshake.commands { _ = command.encode(into: &buffer) }
        context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var replies: [RedisValue] = []
        var failure: RedisError?
        unwrapInboundIn(data).withUnsafeReadableBytes { bytes in
            do throws(RedisError) { try reader.read(bytes, into: &replies) } catch { failure = error }
        }
        do throws(RedisError) {
            try deliver(replies[...], context: context)
            if let failure { throw failure }
        } catch {
            fail(error, context: context)
        }
    }

    private func deliver(_ replies: ArraySlice<RedisValue>, context: ChannelHandlerContext) throws(RedisError) {
        var replies = replies
        while handshake != nil, let reply = replies.popFirst() {
            owner.heardInHandshake()
            switch handshake?.received(reply) {
            case .failed(let error): throw error
            case .done:
                handshake = nil
                owner.connected(context.channel)
            case .more, nil: break
            }
        }
        if !replies.isEmpty { try owner.received(replies) }
    }

    /// The connection gives up and says why.
    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let error = event as? RedisError {
            fail(error, context: context)
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(
            handshake != nil && TLSFailure.isKnown(error)
                ? RedisError(
                    .handshakeRefused, "can't connect to Redis at \(owner.server): \(TLSFailure.describe(error))")
                : RedisError(
                    .connectionLost, "the connection to \(owner.server) broke: \(error)", mayHaveExecuted: true),
            context: context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        owner.disconnected(
            failure ?? RedisError(.connectionLost, "\(owner.server) closed the connection", mayHaveExecuted: true))
    }

    private func fail(_ error: RedisError, context: ChannelHandlerContext) {
        if failure == nil { failure = error }
        context.close(promise: nil)
    }
}
