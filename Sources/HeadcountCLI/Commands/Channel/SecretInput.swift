/// The values of `--secret`.
enum SecretInput {
    /// The secrets themselves: `-` stands for standard input, which has one a line. No message shows any.
    static func secrets(_ values: [String]) throws -> [String] {
        try values.flatMap { try $0 == "-" ? linesOfStandardInput() : [$0] }
    }

    private static func linesOfStandardInput() throws -> [String] {
        let file = try InputFile("-")
        let name = file.name
        var bytes: [UInt8] = []
        var piece = try file.read()
        while !piece.isEmpty {
            bytes += piece
            piece = try file.read()
        }
        let lines = bytes.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        if lines.isEmpty { throw Failure("\(name) has no secret: give one a line", .badData) }
        return try zip(1..., lines).map { number, line in
            // A secret that was mended on the way would be another one.
            guard let secret = String(validating: line, as: UTF8.self) else {
                throw Failure("\(name), secret \(number): it is not valid UTF-8", .badData)
            }
            return secret
        }
    }
}
