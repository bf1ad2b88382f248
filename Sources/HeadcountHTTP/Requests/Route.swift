internal import HTTPTypes
internal import Hummingbird

/// A method, a path's pattern such as `/v1/accounts/{account}/usage`, and what answers there.
struct Route: Sendable {
    typealias Handler = @Sendable (Request, ServiceContext) async throws -> Response

    let method: HTTPRequest.Method
    let path: String
    let handler: Handler

    init(_ method: HTTPRequest.Method, _ path: String, _ handler: @escaping Handler) {
        self.method = method
        self.path = path
        self.handler = handler
    }
}

/// Which methods each path has, to tell "not here" from "not like that".
struct RouteTable: Sendable {
    private struct Entry: Sendable {
        let segments: [Substring]
        var methods: Set<String>
    }

    private let entries: [Entry]

    init(_ routes: [Route]) {
        var byPath: [String: Set<String>] = [:]
        for route in routes {
            byPath[route.path, default: []].insert(route.method.rawValue)
            if route.method == .get { byPath[route.path, default: []].insert("HEAD") }
        }
        entries = byPath.map { Entry(segments: $0.key.split(separator: "/"), methods: $0.value) }
    }

    /// The methods of the path, in alphabetical order; none where there is nothing.
    func methods(at path: String) -> [String] {
        let segments = path.split(separator: "/")
        return entries.filter { entry in
            entry.segments.count == segments.count
                && zip(entry.segments, segments).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
        }
        .reduce(into: Set<String>()) { $0.formUnion($1.methods) }.sorted()
    }
}
