extension PeriodName {
    /// Reads `YYYY-MM`, the period that begins in that month on `startDay`, or `YYYY-MM-DD`.
    ///
    /// - Throws: ``HeadcountError/Code/invalidPeriod``
    package init(_ text: String, startDay: Int) throws(HeadcountError) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { $0.utf8.allSatisfy { (48...57).contains($0) } ? Int($0) : nil }
        guard numbers.count == parts.count, parts.map(\.count) == [4, 2] || parts.map(\.count) == [4, 2, 2],
            (1...12).contains(numbers[1]), (1...28).contains(numbers.dropFirst(2).first ?? startDay), numbers[0] > 0
        else {
            throw HeadcountError(
                .invalidPeriod, "no such period; write 2026-11, or 2026-11-15 for one that begins on the 15th",
                value: text)
        }
        self.init(year: numbers[0], month: numbers[1], startDay: numbers.count > 2 ? numbers[2] : startDay)
    }
}
