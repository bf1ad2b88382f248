internal import Foundation
internal import Headcount

/// Round numbers for an axis, and how they are written.
enum AxisTicks {
    /// 0, a round number and its double, where the double is not far above `top`.
    static func values(upTo top: Int) -> [Int] {
        guard top > 0 else { return [0] }
        let half = Double(top) / 2
        let magnitude = half >= 1 ? pow(10, floor(log10(half))) : 1
        let factor = [1, 2, 2.5, 5, 10].first { $0 * magnitude >= half } ?? 10
        let step = max(1, Int(factor * magnitude))
        return Double(2 * step) <= Double(top) * 1.3 ? [0, step, 2 * step] : [0, step]
    }

    /// `9,999`, `12.5k`, `3M`: about five characters at most.
    static func text(_ value: Int) -> String {
        for (unit, size) in [("M", 1_000_000), ("k", 1_000)] where value >= max(10_000, size) {
            let tenths = (value * 10 + size / 2) / size
            return tenths.isMultiple(of: 10) ? "\(tenths / 10)\(unit)" : "\(tenths / 10).\(tenths % 10)\(unit)"
        }
        return value.grouped
    }
}
