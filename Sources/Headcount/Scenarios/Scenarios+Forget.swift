internal import RedisClient

extension Scenarios {
    /// Ends a contact's runs, and deletes what is remembered of it.
    ///
    /// - Returns: The scenarios with which it had a run or a dead letter, and whether events of it were remembered.
    func forget(_ contact: String, in account: String) async throws -> (scenarios: [String], hadEvents: Bool) {
        var found: Set<String> = []
        for id in try await ids(of: account) {
            let name = AutomationName(.scenario, account: account, id: id)
            if try await limiter.forget(contact, of: name) { found.insert(id) }
        }
        for stream in [keys.ended(account), keys.deadLetters(account)] {
            found.formUnion(try await forget(contact, inStream: stream))
        }
        let heard = try await runner.send(["ZREM", keys.heard(account), contact]).integer
        // Last: what ran meanwhile wrote into it.
        let list = try await runner.send(["UNLINK", keys.contact(account, contact)]).integer
        return (found.sorted(), heard == 1 || list == 1)
    }

    private func forget(_ contact: String, inStream stream: String) async throws -> Set<String> {
        var found: Set<String> = []
        var from = "-"
        while true {
            let entries = try await runner.send(["XRANGE", stream, from, "+", "COUNT", "500"]).elements ?? []
            guard let last = entries.last?.elements?.first?.text else { return found }
            for entry in entries {
                guard let parts = entry.elements, parts.count == 2, let id = parts[0].text,
                    let fields = parts[1].fields, fields["contact"].map(ExactText.init) == ExactText(contact)
                else { continue }
                _ = try await runner.send(["XDEL", stream, id])
                if let scenario = fields["scenario"] { found.insert(scenario) }
            }
            from = "(" + last
        }
    }
}
