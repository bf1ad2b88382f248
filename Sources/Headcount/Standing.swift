/// Where an account stands in a period.
package struct Standing: Hashable, Sendable {
    package var used: Int
    package var held: Int
    package var limit: Int
    package var mode: LimitMode

    package init(used: Int, held: Int, limit: Int, mode: LimitMode) {
        self.used = used
        self.held = held
        self.limit = limit
        self.mode = mode
    }

    /// `Int.max` in mode `unlimited`.
    package var effectiveLimit: Int { mode == .unlimited ? .max : limit }
    package var remaining: Int { mode == .unlimited ? .max : max(0, limit - used - held) }
    package var isOverLimit: Bool { mode != .unlimited && used > limit }
}
