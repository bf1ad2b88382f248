internal import Foundation
public import Hummingbird
internal import Logging

/// What a request brings along through the middleware to its handler.
public struct ServiceContext: RequestContext {
    /// Hummingbird's own part.
    public var coreContext: CoreRequestContextStorage
    /// Names the request: in `X-Request-Id`, in problem documents and in the log.
    var requestID: String

    /// From the connection that the request came on.
    public init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        requestID = source.logger[metadataKey: "hb.request.id"]?.description ?? ""
        logger[metadataKey: "hb.request.id"] = nil
        logger[metadataKey: "requestId"] = "\(requestID)"
    }

    /// The part of the path that the pattern calls `name`, decoded; nil if its escapes are malformed.
    func parameter(_ name: String) -> String? {
        guard let part = parameters.get(name), part.utf8.contains(UInt8(ascii: "%")) else {
            return parameters.get(name)
        }
        return part.removingPercentEncoding
    }
}
