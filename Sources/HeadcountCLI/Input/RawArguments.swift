import Headcount

/// The arguments as the kernel handed them over. Swift's own list replaces what is not UTF-8, and a mended contact id
/// would count somebody else.
enum RawArguments {
    static func check() throws {
        for index in 1..<max(1, Int(CommandLine.argc)) {
            guard let pointer = CommandLine.unsafeArgv[index], String(validatingCString: pointer) == nil else {
                continue
            }
            let shown = String(cString: pointer).printable
            throw Failure("argument \(index), '\(shown)', is not valid UTF-8", .badData)
        }
    }
}
