import Headcount

/// Runs for people.
enum ScenarioRunText {
    static func table(_ runs: [ScenarioRun], in zone: String, showsScenario: Bool) -> String {
        let header = ["SCENARIO", "RUN", "CONTACT", "STATE", "STEP", "ATTEMPTS", "STARTED", "AT", "DUE", "REASON"]
        let rows = runs.map { run -> [String] in
            let times = [run.started, run.at, run.due].map { $0.map { Format.time($0, in: zone) } ?? "" }
            return [
                run.scenario, String(run.number), run.contact, run.state.rawValue, String(run.step),
                String(run.attempts),
            ] + times + [run.reason.onOneLine]
        }
        let table = [header] + rows
        if showsScenario { return Format.table(table, right: [1, 4, 5]) }
        return Format.table(table.map { Array($0.dropFirst()) }, right: [0, 3, 4])
    }
}
