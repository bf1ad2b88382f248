import Foundation

/// What a case came to: the medians of several rounds, and whether that is enough.
struct BenchResult: Encodable {
    let `case`: String
    /// What Headcount did.
    let value: Double
    let unit: String
    /// What it is held against, in the same unit.
    let anchor: Double
    /// `value` to `anchor`.
    let ratio: Double
    /// The ratio to reach, or not to exceed: `>= 0.9`, `<= 1.5`.
    let mark: String
    let reached: Bool
    /// Lowest and highest value of all rounds.
    let spread: [Double]
    /// What the anchor is, with its settings.
    let anchoredTo: String

    enum Mark {
        case atLeast(Double)
        case atMost(Double)

        var text: String {
            switch self {
            case .atLeast(let ratio): ">= \(BenchResult.short(ratio))"
            case .atMost(let ratio): "<= \(BenchResult.short(ratio))"
            }
        }

        func isReached(by ratio: Double) -> Bool {
            switch self {
            case .atLeast(let least): ratio >= least
            case .atMost(let most): ratio <= most
            }
        }
    }

    /// - Parameters:
    ///   - values: one for each round.
    ///   - anchors: one for each round, measured next to it.
    init(_ name: BenchCase, values: [Double], anchors: [Double], unit: String, anchoredTo: String, mark: Mark) {
        self.case = name.rawValue
        value = Self.median(values)
        anchor = Self.median(anchors)
        // Each round against its own anchor: what slows the machine for a while slows both.
        ratio = Self.median(zip(values, anchors).map { $1 == 0 ? 0 : $0 / $1 })
        self.unit = unit
        self.anchoredTo = anchoredTo
        self.mark = mark.text
        reached = mark.isReached(by: ratio)
        spread = [values.min() ?? 0, values.max() ?? 0]
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        guard !sorted.isEmpty else { return 0 }
        let middle = sorted.count / 2
        return sorted.count.isMultiple(of: 2) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[middle]
    }

    /// Three figures that matter.
    static func short(_ number: Double) -> String {
        if number >= 1_000 { return Format.count(Int(number.rounded())) }
        let digits = number >= 100 ? 0 : number >= 10 ? 1 : 2
        return String(format: "%.\(digits)f", number)
    }
}
