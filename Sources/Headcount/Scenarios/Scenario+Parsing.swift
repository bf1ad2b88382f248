internal import Foundation

extension Scenario {
    /// Nil if the fields are not those of a scenario.
    init?(_ account: String, _ id: String, fields: [String: String], active: Int, parked: Int) {
        func number(_ name: String) -> Int { fields[name].flatMap { Int($0) } ?? 0 }
        guard let json = fields["definition"],
            let definition = Definition(json: json)
        else { return nil }
        self.account = account
        self.id = id
        self.definition = definition
        isEnabled = fields["state"] == "running"
        who = fields["who"] ?? ""
        created = Date(timeIntervalSince1970: TimeInterval(number("created")) / 1_000)
        progress = ScenarioProgress(
            started: number("started"), active: active, parked: parked, sending: number("attempting"),
            finished: number("ended:finished"), failed: number("ended:failed"), unknown: number("ended:unknown"),
            expired: number("ended:expired"), erased: number("ended:erased"), newlyCounted: number("newlyCounted"),
            alreadyCounted: number("alreadyCounted"))
    }
}

extension Scenario.Definition {
    /// From the text that Redis holds. Nil if it is malformed.
    init?(json: String) {
        guard let definition = try? JSONDecoder().decode(Self.self, from: Data(json.utf8)) else { return nil }
        self = definition
    }

    /// - Throws: ``HeadcountError/Code/invalidScenario`` for what can't be.
    func check() throws(HeadcountError) {
        guard trigger.keywords.count <= 100 else {
            throw HeadcountError(
                .invalidScenario, "a trigger has at most 100 keywords", value: String(trigger.keywords.count))
        }
        for word in trigger.keywords where word.utf8.count > 256 || Keywords.folded(word).isEmpty {
            throw HeadcountError(.invalidScenario, "a keyword has 1 to 256 bytes, not only space", value: word)
        }
        guard trigger.keywords.isEmpty == (trigger.match == .any) else {
            throw HeadcountError(
                .invalidScenario, "exact and contains need keywords, and any has none", value: trigger.match.rawValue)
        }
        guard (1...20).contains(steps.count) else {
            throw HeadcountError(.invalidScenario, "a scenario has 1 to 20 steps", value: String(steps.count))
        }
        for step in steps {
            guard (0...30 * 86_400).contains(step.delay) else {
                throw HeadcountError(
                    .invalidScenario, "a step's delay is 0 seconds to 30 days", value: String(step.delay))
            }
            try Identifier.check(url: step.action, .invalidScenario)
        }
        guard (0...366 * 86_400).contains(coolDown) else {
            throw HeadcountError(.invalidScenario, "a cool-down is 0 seconds to a year", value: String(coolDown))
        }
        if let replyWindow, !(60...30 * 86_400).contains(replyWindow) {
            throw HeadcountError(
                .invalidScenario, "a reply window is 60 seconds to 30 days", value: String(replyWindow))
        }
    }
}

extension Identifier {
    /// Throws ``HeadcountError/Code/invalidScenario`` unless `scenario` is 1 to 64 letters, digits, `.`, `_` and `-`, with a
    /// letter or digit first.
    package static func check(scenario: String) throws(HeadcountError) {
        guard scenario.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._-]{0,63}/) != nil else {
            throw HeadcountError(
                .invalidScenario,
                "a scenario's id has 1 to 64 of A-Z, a-z, 0-9, . _ and -, with a letter or digit first", value: scenario
            )
        }
    }
}
