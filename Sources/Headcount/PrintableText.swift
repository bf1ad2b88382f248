extension String {
    /// For a message of one line: control characters and backslashes escaped, at most 64 characters.
    package var printable: String {
        var result = ""
        for scalar in unicodeScalars.prefix(64) {
            let isControl = scalar.properties.generalCategory == .control
            result += isControl || scalar == "\\" ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return unicodeScalars.count > 64 ? result + "…" : result
    }
}
