extension String {
    /// For a message of one line: control characters, backslashes and what turns the
    /// direction of text around are escaped, at most 64 characters.
    package var printable: String {
        var result = ""
        for scalar in unicodeScalars.prefix(64) {
            let turnsText = (0x202A...0x202E).contains(scalar.value) || (0x2066...0x2069).contains(scalar.value)
            let isControl = scalar.properties.generalCategory == .control || turnsText
            result += isControl || scalar == "\\" ? scalar.escaped(asASCII: true) : String(scalar)
        }
        return unicodeScalars.count > 64 ? result + "…" : result
    }
}
