/// Takes decisions from an input's bytes, so that a fuzzer that changes the bytes changes the decisions.
struct FuzzInput {
    private(set) var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    /// Zero at the end.
    mutating func byte() -> UInt8 { rest.popFirst() ?? 0 }

    /// Below `bound`.
    mutating func number(below bound: Int) -> Int { Int(byte()) % bound }

    /// What is left, as text; what is no UTF-8 is replaced.
    var text: String { String(decoding: rest, as: UTF8.self) }
}

/// Cuts bytes into pieces of 0 to 12 bytes or of thousands, always the same for a `seed`.
func pieces(of bytes: ArraySlice<UInt8>, seed: UInt8) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var rest = bytes
    var state = UInt32(seed)
    while !rest.isEmpty {
        state = state &* 1_664_525 &+ 1_013_904_223
        let size = Int(state >> 24) % 13
        pieces.append(rest.prefix(state & 0x80_0000 == 0 ? size : size * 2_000))
        rest = rest.dropFirst(pieces.last?.count ?? 0)
    }
    return pieces
}
