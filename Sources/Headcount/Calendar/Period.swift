public import Foundation

/// One month of an account: contacts count once in it, and the count starts from zero in the next.
public struct Period: Hashable, Sendable {
    /// How it is called in keys and answers.
    public let name: PeriodName
    /// Its first instant.
    public let start: Date
    /// The first instant of the next period.
    public let end: Date

    package init(name: PeriodName, start: Date, end: Date) {
        self.name = name
        self.start = start
        self.end = end
    }

    package func contains(_ time: Date) -> Bool { start <= time && time < end }
}

extension Period: CustomStringConvertible {
    /// Its name.
    public var description: String { name.description }
}
