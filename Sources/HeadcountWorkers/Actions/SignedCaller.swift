internal import AsyncHTTPClient
internal import Foundation
internal import Headcount
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Posts signed JSON to URLs and says what became of it. Redirects are not followed.
public struct SignedCaller: Sendable {
    private let client: HTTPClient
    private let signature: RequestSignature?
    private let timeout: Duration

    /// - Parameters:
    ///   - secret: with what requests are signed; nil: not at all.
    ///   - timeout: how long a call may take altogether.
    ///   - concurrency: most calls to a host at a time.
    public init(secret: String?, timeout: Duration, concurrency: Int) {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .nanoseconds(Int64(timeout / .nanoseconds(1)))
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = concurrency
        // A server may close an idle connection at any time, and then nobody knows what it made of the last request.
        configuration.connectionPool.idleTimeout = .seconds(1)
        configuration.connectionPool.retryConnectionEstablishment = false
        client = HTTPClient(configuration: configuration)
        signature = secret.map(RequestSignature.init)
        self.timeout = timeout
    }

    func post(_ document: some Encodable, to url: String, key: String, now: Date = Date()) async -> CallAnswer {
        guard let data = try? JSONText.data(document) else { return .refused("can't be written as JSON") }
        let bytes = Array(data)
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers = [
            "Content-Type": "application/json", "Idempotency-Key": key,
            "User-Agent": "headcount/\(HeadcountVersion.current)",
        ]
        if let signature { request.headers.add(name: RequestSignature.header, value: signature.value(for: bytes)) }
        let body = SignedBody(bytes)
        request.body = body.requestBody
        do {
            let deadline = NIODeadline.now() + .nanoseconds(Int64(timeout / .nanoseconds(1)))
            let response = try await client.execute(request, deadline: deadline)
            await Self.drain(response, until: deadline)
            return CallAnswer(
                status: Int(response.status.code), retryAfter: response.headers.first(name: "retry-after"), now: now)
        } catch {
            let reason = Self.reason(error)
            return body.mayHaveGone ? .unknown(reason) : .later(reason, after: nil)
        }
    }

    /// Reads the body to its end, so that the connection can be used again; what it says is nobody's concern. The client's own
    /// deadline ends with the response's head.
    private static func drain(_ response: HTTPClientResponse, until deadline: NIODeadline) async {
        let reading = Task { _ = try? await response.body.collect(upTo: 64 * 1024) }
        let timer = Task {
            try? await Task.sleep(for: .nanoseconds((deadline - .now()).nanoseconds))
            reading.cancel()
        }
        await reading.value
        timer.cancel()
    }

    /// Closes its connections.
    public func close() async {
        try? await client.shutdown()
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .deadlineExceeded || error == .readTimeout: "timeout"
        case let error as HTTPClientError where error == .connectTimeout: "no connection in time"
        case let error as HTTPClientError where error == .remoteConnectionClosed: "connection closed"
        case let error as HTTPClientError: error.shortDescription
        case is NIOConnectionError: "can't connect"
        case let error as IOError where [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH].contains(error.errnoCode):
            "can't connect"
        case let error as IOError: "connection broken: errno \(error.errnoCode)"
        default: "connection broken: \(error)".printable
        }
    }
}
