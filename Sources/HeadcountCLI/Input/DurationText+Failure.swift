import Headcount

extension DurationText {
    /// Whole seconds.
    ///
    /// - Parameter whole: what to show of the command line if it is none, such as `--cool-down 3weeks`.
    static func seconds(_ text: some StringProtocol, in whole: String) throws -> Int {
        guard let seconds = seconds(text) else {
            throw Failure("\(whole): give a duration such as 90, 30s, 15m, 24h or 3d", .usage)
        }
        return seconds
    }
}
