/// What touches the contact, such as `campaign:spring`: a kind, which decides whether the contact counts, and an id.
public struct Action: Hashable, Sendable, CustomStringConvertible {
    /// `campaign`, `scenario`, `ai_agent`, `segment` … : lower-case letters, digits and `_`, 32 at most.
    public let kind: String
    /// Which one of that kind; nil where it doesn't matter. 1 to 256 bytes without control characters.
    public let id: String?

    /// - Throws: ``HeadcountError/Code/invalidAction``
    public init(kind: String, id: String? = nil) throws(HeadcountError) {
        let isWellFormed = kind.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
                || $0 == UInt8(ascii: "_")
        }
        guard isWellFormed, (1...32).contains(kind.utf8.count) else {
            throw HeadcountError(
                .invalidAction, "no kind of action; write KIND or KIND:ID, such as campaign:spring", value: kind)
        }
        if let id, let fault = Identifier.fault(inContact: id) {
            throw HeadcountError(.invalidAction, "the action's id \(fault)", value: id)
        }
        self.init(uncheckedKind: kind, id: id)
    }

    /// Reads `KIND` or `KIND:ID`.
    ///
    /// - Throws: ``HeadcountError/Code/invalidAction``
    public init(_ text: String) throws(HeadcountError) {
        // By scalars: a mark that combines with the colon belongs to the id.
        let parts = text.unicodeScalars.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            .map { String($0) }
        try self.init(kind: parts[0], id: parts.count > 1 ? parts[1] : nil)
    }

    private init(uncheckedKind kind: String, id: String?) {
        self.kind = kind
        self.id = id
    }

    /// A campaign's message.
    public static func campaign(_ id: String) -> Action { Action(uncheckedKind: "campaign", id: id) }
    /// A step of a scenario.
    public static func scenario(_ id: String) -> Action { Action(uncheckedKind: "scenario", id: id) }
    /// An answer of an AI agent.
    public static func aiAgent(_ id: String) -> Action { Action(uncheckedKind: "ai_agent", id: id) }
    /// Moving into or out of a segment: costs nothing.
    public static func segment(_ id: String) -> Action { Action(uncheckedKind: "segment", id: id) }

    /// `KIND` or `KIND:ID`.
    public var description: String { id.map { "\(kind):\($0)" } ?? kind }
}

/// Which kinds of action count a contact (R10). A kind in neither list is an error, never a guess.
public struct ActionKinds: Hashable, Sendable {
    /// Kinds that count.
    public var counted: Set<String>
    /// Kinds that cost nothing.
    public var notCounted: Set<String>

    /// `campaign`, `scenario` and `ai_agent` count; `segment`, `folder`, `crm` and `manual` do not.
    public static let standard = ActionKinds(
        counted: ["campaign", "scenario", "ai_agent"], notCounted: ["segment", "folder", "crm", "manual"])

    /// The two lists.
    public init(counted: Set<String>, notCounted: Set<String>) {
        self.counted = counted
        self.notCounted = notCounted
    }

    /// - Throws: ``HeadcountError/Code/invalidAction`` for a kind in neither list.
    package func counts(_ action: Action) throws(HeadcountError) -> Bool {
        if counted.contains(action.kind) { return true }
        if notCounted.contains(action.kind) { return false }
        let known = (counted.sorted() + notCounted.sorted()).joined(separator: ", ")
        throw HeadcountError(.invalidAction, "unknown kind of action; known are \(known)", value: action.kind)
    }
}
