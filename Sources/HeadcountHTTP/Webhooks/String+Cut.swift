extension String {
    /// Its first bytes, without a part of a character's encoding at the end.
    func cut(toBytes maximum: Int) -> String {
        guard utf8.count > maximum else { return self }
        let bytes = Array(utf8.prefix(maximum + 1))
        var end = maximum
        // Continuation bytes, 10xxxxxx.
        while end > 0, bytes[end] & 0xC0 == 0x80 { end -= 1 }
        return String(decoding: bytes[..<end], as: UTF8.self)
    }
}
