internal import Headcount

/// Plans, limits and modes in words.
enum PlanWords {
    static func mode(_ mode: LimitMode) -> String {
        switch mode {
        case .hard: "refuse new contacts"
        case .soft: "go on, marked as over"
        case .unlimited: "no limit, only count"
        }
    }

    static func consequence(_ mode: LimitMode) -> String {
        switch mode {
        case .hard: "new contacts are refused at the limit"
        case .soft: "new contacts go on past the limit"
        case .unlimited: "no limit applies"
        }
    }

    static func limit(_ limit: Int) -> String { "\(limit.grouped) contacts a month" }
}
