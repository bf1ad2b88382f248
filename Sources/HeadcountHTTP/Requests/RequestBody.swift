internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

extension Request {
    /// The whole body.
    ///
    /// - Parameter advice: what is told of a body with more than `maximum` bytes.
    /// - Throws: ``Problem``: `contentTooLarge`. What is left of the body is not read, and the connection closed.
    func body(upTo maximum: Int, _ advice: String) async throws -> ByteBuffer {
        let tooLarge = Problem(.contentTooLarge, advice, headers: [.connection: "close"])
        if let length = headers[.contentLength].flatMap({ Int($0) }), length > maximum { throw tooLarge }
        do {
            return try await body.collect(upTo: maximum)
        } catch is NIOTooManyBytesError {
            throw tooLarge
        }
    }
}
