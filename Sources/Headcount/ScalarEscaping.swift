extension String {
    /// Puts something else in the place of some Unicode scalars.
    ///
    /// Not of characters: a quote with a combining mark is one character, and still ends a string of HTML, JSON or CSV.
    package func escapingScalars(_ replacement: (Unicode.Scalar) -> String?) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            if let replacement = replacement(scalar) {
                escaped.append(contentsOf: replacement.unicodeScalars)
            } else {
                escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
