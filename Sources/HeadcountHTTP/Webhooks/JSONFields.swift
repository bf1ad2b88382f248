internal import Foundation

/// The fields of an object, read strictly: one that is missing or null is nil, one of another type than it has to be is a
/// fault.
struct JSONFields {
    /// A field is not what it has to be.
    struct Fault: Error {
        let field: String
    }

    /// All fields, by their names.
    let all: [String: JSONValue]

    /// Nil for what is no object.
    init?(_ value: JSONValue) {
        guard case .object(let fields) = value else { return nil }
        all = fields
    }

    subscript(name: String) -> JSONValue? { JSONValue.object(all)[name] }

    /// An object.
    func fields(_ name: String) throws -> JSONFields? {
        guard let value = self[name] else { return nil }
        guard let fields = JSONFields(value) else { throw Fault(field: name) }
        return fields
    }

    /// An array.
    func list(_ name: String) throws -> [JSONValue]? {
        guard let value = self[name] else { return nil }
        guard case .array(let elements) = value else { throw Fault(field: name) }
        return elements
    }

    /// A string. An empty one is as good as none.
    func text(_ name: String) throws -> String? {
        guard let value = self[name] else { return nil }
        guard let text = value.text else { throw Fault(field: name) }
        return text.isEmpty ? nil : text
    }

    /// A string, or a whole number's digits. An empty string is as good as none.
    func id(_ name: String) throws -> String? {
        guard let value = self[name], value != .string("") else { return nil }
        guard let id = value.id else { throw Fault(field: name) }
        return id
    }

    /// False if it is missing.
    func flag(_ name: String) throws -> Bool {
        guard let value = self[name] else { return false }
        guard case .bool(let flag) = value else { throw Fault(field: name) }
        return flag
    }

    /// A time, as ``WebhookTime`` reads it.
    func time(_ name: String) throws -> Date? {
        guard let value = self[name] else { return nil }
        guard let time = WebhookTime.date(value) else { throw Fault(field: name) }
        return time
    }
}
