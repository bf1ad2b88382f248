internal import AsyncHTTPClient
internal import NIOCore
internal import Synchronization

/// A request's body that knows whether anybody began to send it: if not, the server can't have done what it asks for.
final class SignedBody: AsyncSequence, Sendable {
    typealias Element = ByteBuffer

    private let bytes: ByteBuffer
    private let isTaken = Atomic(false)

    init(_ bytes: [UInt8]) {
        self.bytes = ByteBuffer(bytes: bytes)
    }

    /// Whether it may have gone out.
    var mayHaveGone: Bool { isTaken.load(ordering: .acquiring) }

    var requestBody: HTTPClientRequest.Body { .stream(self, length: .known(Int64(bytes.readableBytes))) }

    struct Iterator: AsyncIteratorProtocol {
        let body: SignedBody

        mutating func next() async -> ByteBuffer? {
            body.isTaken.exchange(true, ordering: .acquiringAndReleasing) ? nil : body.bytes
        }
    }

    func makeAsyncIterator() -> Iterator { Iterator(body: self) }
}
