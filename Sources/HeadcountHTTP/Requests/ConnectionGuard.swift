internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes

/// Keeps a connection from hurting the service: a body has to arrive in time, answers have to be read in time, what is no
/// HTTP gets a problem document, and after an answer that says `Connection: close` it is closed.
///
/// Hummingbird's own timeout sees to connections on which no request, or no whole header, comes.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// The body of a request did not arrive in time.
    struct BodyTooSlow: Error {}

    static let bodyTimeout = TimeAmount.seconds(10)
    /// How long the last answer is given to arrive where what came was no HTTP.
    private static let lingering = TimeAmount.seconds(1)

    /// How long a client may leave what it was sent unread.
    private static let unreadTimeout = TimeAmount.seconds(60)

    private let isTLS: Bool
    private var isReadingBody = false
    /// Requests whose answer is not complete.
    private var underWay = 0
    /// The connection ends with the answer that is under way, or that was the last.
    private var closes = false
    private var bodyDeadline: Scheduled<Void>?
    private var unreadDeadline: Scheduled<Void>?

    init(isTLS: Bool) {
        self.isTLS = isTLS
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            underWay += 1
            isReadingBody = true
            expectBody(of: head, context: context)
        case .body: break
        case .end:
            isReadingBody = false
            bodyDeadline?.cancel()
            if closes, underWay == 0 { context.close(promise: nil) }
        }
        context.fireChannelRead(data)
    }

    private func expectBody(of head: HTTPRequest, context: ChannelHandlerContext) {
        let length = head.headerFields[.contentLength].flatMap { Int($0) } ?? 0
        guard length > 0 || head.headerFields[.transferEncoding] != nil else { return }
        // Not into the middle of another answer.
        let isFirst = underWay == 1
        if isFirst, head.headerFields[.expect]?.lowercased() == "100-continue", length <= JSONBody.maximumBytes {
            // curl waits a second for it before it sends a large body.
            context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
        }
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let guardian = NIOLoopBound(self, eventLoop: context.eventLoop)
        bodyDeadline = context.eventLoop.scheduleTask(in: Self.bodyTimeout) {
            guard !guardian.value.closes else { return bound.value.close(promise: nil) }
            // The rest is not waited for.
            guardian.value.isReadingBody = false
            bound.value.fireErrorCaught(BodyTooSlow())
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        unreadDeadline?.cancel()
        if !context.channel.isWritable {
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            unreadDeadline = context.eventLoop.scheduleTask(in: Self.unreadTimeout) { bound.value.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func channelInactive(context: ChannelHandlerContext) {
        bodyDeadline?.cancel()
        unreadDeadline?.cancel()
        context.fireChannelInactive()
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(let head):
            if head.headerFields[.connection] == "close" { closes = true }
            context.write(data, promise: promise)
        case .body: context.write(data, promise: promise)
        case .end:
            underWay -= 1
            context.write(data, promise: promise)
            // A client that is still sending gets to read its answer when it is done, or when its time is up.
            guard closes, !isReadingBody else { return }
            let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
            context.eventLoop.execute { bound.value.close(promise: nil) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !closes else { return }
        // In the middle of a request its handler must learn that the body is not whole.
        guard let error = error as? HTTPParserError, underWay == 0 else { return context.fireErrorCaught(error) }
        answer(Self.problem(error), context: context)
    }

    private static func problem(_ error: HTTPParserError) -> Problem {
        error == .headerOverflow
            ? Problem(.headerTooLarge, "the request's header is too large")
            : Problem(.malformedRequest, "this is no HTTP/1.1 request")
    }

    private func answer(_ problem: Problem, context: ChannelHandlerContext) {
        closes = true
        let requestID = String(UInt64.random(in: .min ... .max), radix: 16)
        let document = problem.document(requestID: requestID)
        var fields: HTTPFields = [
            .contentType: "application/problem+json", .contentLength: String(document.readableBytes),
            .connection: "close",
        ]
        ResponseHeaders.add(to: &fields, requestID: requestID, isTLS: isTLS)
        let head = HTTPResponse(status: problem.kind.status, headerFields: fields)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(document)), promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            bound.value.eventLoop.scheduleTask(in: Self.lingering) { bound.value.close(promise: nil) }
        }
    }
}
