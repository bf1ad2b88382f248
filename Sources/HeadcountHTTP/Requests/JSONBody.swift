internal import Foundation
internal import Hummingbird
internal import NIOFoundationEssentialsCompat

/// Reads JSON bodies strictly: of a bounded size, of the right type, with known fields only.
enum JSONBody {
    static let maximumBytes = 4 * 1024 * 1024
    /// Larger ones are read elsewhere than on the event loop, on which others wait.
    private static let largeBytes = 64 * 1024

    /// - Throws: ``Problem`` that says which field is wrong, and how.
    static func decode<Body: Decodable & Sendable>(
        _ type: Body.Type, from request: Request
    ) async throws -> Body {
        if let contentType = request.headers[.contentType], !isJSON(contentType) {
            throw Problem(.unsupportedMediaType, "send the body as application/json", value: contentType)
        }
        let bytes = try await request.body(upTo: maximumBytes, "the body may have 4 MiB; send fewer contacts a call")
        guard bytes.readableBytes > largeBytes else { return try decode(type, from: bytes) }
        return try await withTaskExecutorPreference(globalConcurrentExecutor) { try decode(type, from: bytes) }
    }

    /// - Throws: ``Problem`` that says which field is wrong, and how.
    static func decode<Body: Decodable>(_ type: Body.Type, from bytes: ByteBuffer) throws -> Body {
        do {
            return try JSONDecoder().decode(type, from: Data(buffer: bytes))
        } catch let problem as Problem {
            throw problem
        } catch DecodingError.keyNotFound(let key, _) {
            throw Problem(.invalidBody, "\(key.stringValue) is missing")
        } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context) {
            throw Problem(.invalidBody, wrongType(context))
        } catch DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty {
            throw Problem(.invalidBody, wrongType(context))
        } catch {
            // A number that fits no field is reported without its field.
            let isJSON =
                (try? JSONSerialization.jsonObject(with: Data(buffer: bytes), options: .fragmentsAllowed)) != nil
            throw isJSON
                ? Problem(.invalidBody, "a number is out of range or not whole")
                : Problem(.malformedJSON, "the body is no JSON")
        }
    }

    private static func isJSON(_ contentType: String) -> Bool {
        if contentType == "application/json" { return true }
        let type = contentType.prefix { $0 != ";" }.lowercased().filter { $0 != " " }
        return type == "application/json"
    }

    private static func wrongType(_ context: DecodingError.Context) -> String {
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined()
        return path.isEmpty ? "the body is no JSON object" : "\(path) is of a wrong type or out of range"
    }
}

/// The fields of a JSON object, whatever they are called.
struct FieldName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension Decoder {
    /// The object's fields.
    ///
    /// - Throws: ``Problem`` when there is one that is not among `known`.
    func fields(known: [String]) throws -> KeyedDecodingContainer<FieldName> {
        let container = try container(keyedBy: FieldName.self)
        if let unknown = container.allKeys.first(where: { !known.contains($0.stringValue) }) {
            let names = known.sorted().joined(separator: ", ")
            throw Problem(.unknownField, "there is no such field; known are \(names)", value: unknown.stringValue)
        }
        return container
    }
}

extension KeyedDecodingContainer where Key == FieldName {
    /// The field's value; nil where it is missing. `null` is of a wrong type.
    func value<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value? {
        let key = FieldName(stringValue: name)
        return contains(key) ? try decode(type, forKey: key) : nil
    }
}
