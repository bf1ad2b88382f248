internal import Foundation
internal import Hummingbird

/// The parameters of a query or of a form, decoded, each known by name and given once at most.
struct QueryParameters {
    private let values: [String: String]

    /// - Throws: ``Problem`` of the kind `invalidQuery`.
    ///
    /// - Parameter ignoresOthers: for pages, whose addresses get parameters from elsewhere.
    init(_ request: Request, known: Set<String> = [], ignoresOthers: Bool = false) throws(Problem) {
        try self.init(request.uri.query ?? "", known: known, kind: .invalidQuery, ignoresOthers: ignoresOthers)
    }

    /// Of `application/x-www-form-urlencoded` text.
    init(_ text: String, known: Set<String>, kind: Problem.Kind, ignoresOthers: Bool = false) throws(Problem) {
        var values: [String: String] = [:]
        // By bytes: a mark that combines with what separates belongs to the value.
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            let parts = pair.split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let value = parts.count > 1 ? Self.decoded(parts[1]) : "" else {
                throw Problem(
                    kind, "a parameter's % escapes are malformed", value: String(decoding: pair, as: UTF8.self))
            }
            guard known.contains(name) else {
                if ignoresOthers { continue }
                let names = known.sorted().joined(separator: ", ")
                throw Problem(
                    kind, known.isEmpty ? "this path has no parameters" : "no such parameter; there are \(names)",
                    value: name)
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Problem(kind, "this parameter is given twice", value: name)
            }
        }
        self.values = values
    }

    subscript(name: String) -> String? { values[name] }

    /// A whole number in a range.
    func integer(_ name: String, in range: ClosedRange<Int>) throws(Problem) -> Int? {
        guard let text = values[name] else { return nil }
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(text), range.contains(number) else {
            throw Problem(
                .invalidQuery, "\(name) is a number, \(range.lowerBound) to \(range.upperBound)", value: text)
        }
        return number
    }

    private static func decoded(_ text: Substring.UTF8View) -> String? {
        let spaced = text.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }
        return String(decoding: spaced, as: UTF8.self).removingPercentEncoding
    }
}
