internal import HTTPTypes
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypes

/// Keeps a connection from hurting the service: a body has to arrive in time, what is no HTTP gets a problem document,
/// and after an answer that says `Connection: close` it is closed although the client goes on sending.
///
/// Hummingbird's own timeout sees to connections on which no request, or no whole header, comes.
final class ConnectionGuard: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    /// The body of a request did not arrive in time.
    struct BodyTooSlow: Error {}

    static let bodyTimeout = TimeAmount.seconds(10)
    /// How long the rest of what a client sends is still read after the last answer, so that it gets to read that.
    private static let lingering = TimeAmount.seconds(1)

    private var isReadingBody = false
    /// Requests whose answer is not complete.
    private var underWay = 0
    private var closes = false
    private var bodyDeadline: Scheduled<Void>?

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            underWay += 1
            isReadingBody = true
            if head.headerFields[.transferEncoding] != nil || (head.headerFields[.contentLength] ?? "0") != "0" {
                let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
                if head.headerFields[.expect]?.lowercased() == "100-continue" {
                    // curl waits a second for it before it sends a large body.
                    context.writeAndFlush(wrapOutboundOut(.head(HTTPResponse(status: .continue))), promise: nil)
                }
                bodyDeadline = context.eventLoop.scheduleTask(in: Self.bodyTimeout) {
                    bound.value.fireErrorCaught(BodyTooSlow())
                }
            }
        case .body: break
        case .end:
            isReadingBody = false
            bodyDeadline?.cancel()
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        bodyDeadline?.cancel()
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
            if closes {
                bodyDeadline?.cancel()
                let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
                context.eventLoop.scheduleTask(in: isReadingBody ? Self.lingering : .zero) {
                    bound.value.close(promise: nil)
                }
            }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
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
        let requestID = String(UInt64.random(in: .min ... .max), radix: 16)
        let document = problem.document(requestID: requestID)
        let fields: HTTPFields = [
            .contentType: "application/problem+json", .contentLength: String(document.readableBytes),
            .connection: "close", .xRequestID: requestID, .cacheControl: "no-store",
        ]
        let head = HTTPResponse(status: problem.kind.status, headerFields: fields)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(document)), promise: nil)
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in
            bound.value.eventLoop.scheduleTask(in: Self.lingering) { bound.value.close(promise: nil) }
        }
    }
}
