/// Puts replies together from values in the order in which they stand on the wire, an array before its elements.
struct ReplyBuilder {
    private struct OpenArray {
        var elements: [RedisValue] = []
        let count: Int
    }

    /// The most elements an array may announce: a corrupt length must not reserve gigabytes.
    let maximumElements: Int
    private var open: [OpenArray] = []
    private var complete: RedisValue?

    init(maximumElements: Int) {
        self.maximumElements = maximumElements
    }

    mutating func append(_ value: RedisValue) {
        var value = value
        while let last = open.indices.last {
            open[last].elements.append(value)
            guard open[last].elements.count == open[last].count else { return }
            value = .array(open.removeLast().elements)
        }
        complete = value
    }

    /// What was refused, and why.
    private(set) var refusal: String?

    /// False when the array would be too large.
    mutating func beginArray(count: Int) -> Bool {
        guard count <= maximumElements else {
            refusal = "array of \(count) elements, where \(maximumElements) are allowed"
            return false
        }
        if count == 0 {
            append(.array([]))
        } else {
            open.append(OpenArray(count: count))
        }
        return true
    }

    mutating func takeReply() -> RedisValue? {
        defer { complete = nil }
        return complete
    }
}
