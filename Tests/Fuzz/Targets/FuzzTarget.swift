/// A reader of what others send, with what must hold of it whatever arrives.
struct FuzzTarget: Sendable {
    /// Names the folder of its corpus.
    let name: String
    /// What stands often in its inputs, for mutations.
    let words: [String]
    /// Reads an input. It must return, and not throw.
    let run: @Sendable ([UInt8]) throws -> Void
}

/// Something that must hold does not.
struct FuzzFault: Error, CustomStringConvertible {
    let description: String
}

/// - Throws: ``FuzzFault`` unless `condition` holds.
func hold(_ condition: Bool, _ what: @autoclosure () -> String) throws {
    if !condition { throw FuzzFault(description: what()) }
}
