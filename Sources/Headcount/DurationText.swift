/// How people write durations: `90`, `30s`, `15m`, `24h`, `3d`.
package enum DurationText {
    private static let units: [(letter: Character, seconds: Int)] = [
        ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1),
    ]

    /// Whole seconds; nil if it is no duration.
    package static func seconds(_ text: some StringProtocol) -> Int? {
        // Nine digits of days still fit into an integer.
        guard let parts = String(text).wholeMatch(of: /([0-9]{1,9})([smhd]?)/), let number = Int(parts.1) else {
            return nil
        }
        return number * (units.first { $0.letter == parts.2.first }?.seconds ?? 1)
    }

    /// In the largest unit of which there are several: `3d`, `24h`, `15m`, `60s`.
    package static func text(_ seconds: Int) -> String {
        let unit = units.first { seconds > $0.seconds && seconds.isMultiple(of: $0.seconds) }
        return unit.map { "\(seconds / $0.seconds)\($0.letter)" } ?? "\(seconds)s"
    }
}
