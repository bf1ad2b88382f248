internal import Headcount

/// Later steps as somebody types them, one a line: how long after the step before, and the URL if it isn't the first one's.
///
///     15m
///     24h https://example.com/reminder
enum StepLines {
    static func steps(_ text: String, action: String) throws(FormFault) -> [Scenario.Step] {
        var steps: [Scenario.Step] = []
        // Browsers end a line with CR and LF, which is one character.
        for line in text.split(whereSeparator: \.isNewline) where !line.allSatisfy(\.isWhitespace) {
            steps.append(try step(line, action: action))
        }
        return steps
    }

    private static func step(_ line: Substring, action: String) throws(FormFault) -> Scenario.Step {
        // An = between the two is how the command line has it.
        guard let parts = line.wholeMatch(of: /\s*([0-9]+[smhd]?)(?:(?:\s+|\s*=\s*)(\S+))?\s*/),
            let delay = DurationText.seconds(parts.1)
        else {
            throw FormFault(
                text: "“\(String(line).printable)” is no step: write a delay such as 15m, 24h or 3d, and then a URL, "
                    + "if it is another one.")
        }
        return Scenario.Step(delay: delay, action: parts.2.map(String.init) ?? action)
    }
}
