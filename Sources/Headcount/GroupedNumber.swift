extension Int {
    /// `12,345`: for people.
    package var grouped: String {
        let digits = String(magnitude)
        let grouped = digits.enumerated().map { index, digit in
            index > 0 && (digits.count - index).isMultiple(of: 3) ? ",\(digit)" : "\(digit)"
        }.joined()
        return self < 0 ? "-" + grouped : grouped
    }
}
