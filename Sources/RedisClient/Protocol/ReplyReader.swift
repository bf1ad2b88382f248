import CHiredis

/// hiredis's `redisReader` as an incremental parser: bytes go in, replies come out. The only file that touches C.
///
/// Not thread-safe: one event loop uses it.
final class ReplyReader {
    struct Limits {
        /// Longest reply that is still being put together, in bytes. Redis's own bound for a bulk string is 512 MiB.
        var bytes = 512 * 1024 * 1024 + 1024
        /// Most elements of one array.
        var elements = 1024 * 1024
    }

    /// hiredis moves what is left of its buffer on every reply, so that large feeds cost the square of their size.
    private static let sliceBytes = 16 * 1024

    private final class Context {
        var builder: ReplyBuilder
        init(maximumElements: Int) { builder = ReplyBuilder(maximumElements: maximumElements) }
    }

    private let limits: Limits
    private let context: Context
    private let callbacks: UnsafeMutablePointer<headcount_reply_builder>
    private let reader: UnsafeMutablePointer<redisReader>
    private var failure: RedisError?

    init(limits: Limits = Limits()) {
        self.limits = limits
        context = Context(maximumElements: limits.elements)
        callbacks = .allocate(capacity: 1)
        callbacks.initialize(to: Self.callbacks(context: Unmanaged.passUnretained(context).toOpaque()))
        // NULL only when memory is out, where Swift's own allocations end the process too.
        guard let reader = headcount_reader_create(callbacks) else { fatalError("out of memory") }
        self.reader = reader
    }

    deinit {
        redisReaderFree(reader)
        callbacks.deallocate()
    }

    /// Appends the replies that `bytes` complete, in order. Throws `protocolViolation` on what is no RESP2 or too large,
    /// after the replies before it; the stream can't be read any further then, and every later call throws the same.
    func read(_ bytes: UnsafeRawBufferPointer, into replies: inout [RedisValue]) throws(RedisError) {
        if let failure { throw failure }
        var rest = bytes[...]
        while !rest.isEmpty {
            let slice = UnsafeRawBufferPointer(rebasing: rest.prefix(Self.sliceBytes))
            rest = rest.dropFirst(slice.count)
            guard redisReaderFeed(reader, slice.baseAddress, slice.count) == REDIS_OK else { throw fail() }
            try drain(into: &replies)
            guard reader.pointee.len <= limits.bytes else { throw fail("reply of more than \(limits.bytes) bytes") }
        }
    }

    private func drain(into replies: inout [RedisValue]) throws(RedisError) {
        while true {
            var object: UnsafeMutableRawPointer?
            guard redisReaderGetReply(reader, &object) == REDIS_OK else { throw fail() }
            guard object != nil, let reply = context.builder.takeReply() else { return }
            replies.append(reply)
        }
    }

    private func fail() -> RedisError {
        if let refusal = context.builder.refusal { return fail(refusal) }
        return fail(
            withUnsafeBytes(of: reader.pointee.errstr) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
    }

    private func fail(_ reason: String) -> RedisError {
        let error = RedisError(.protocolViolation, "the server's reply can't be read: \(reason)", mayHaveExecuted: true)
        failure = error
        return error
    }

    private static func callbacks(context: UnsafeMutableRawPointer) -> headcount_reply_builder {
        headcount_reply_builder(
            on_string: { context, type, bytes, length in
                let bytes = UnsafeRawBufferPointer(start: bytes, count: length)
                let value: RedisValue =
                    switch type {
                    case REDIS_REPLY_ERROR: .error(String(decoding: bytes, as: UTF8.self))
                    case REDIS_REPLY_STATUS: .status(String(decoding: bytes, as: UTF8.self))
                    default: .string([UInt8](bytes))
                    }
                return ReplyReader.append(value, context)
            },
            on_array: { context, count in
                ReplyReader.context(context).builder.beginArray(count: count) ? 1 : 0
            },
            on_integer: { context, value in ReplyReader.append(.integer(Int(value)), context) },
            on_nil: { context in ReplyReader.append(.null, context) },
            context: context
        )
    }

    private static func context(_ pointer: UnsafeMutableRawPointer?) -> Context {
        // The reader hands back what `init` gave it, and lives no longer than its owner, which holds the context.
        // swift-format-ignore: NeverForceUnwrap
        Unmanaged<Context>.fromOpaque(pointer!).takeUnretainedValue()
    }

    private static func append(_ value: RedisValue, _ pointer: UnsafeMutableRawPointer?) -> Int32 {
        context(pointer).builder.append(value)
        return 1
    }
}
