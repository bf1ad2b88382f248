/// Tells those who deliver notices that an account has some. A shortcut: an account that it doesn't tell of, because
/// this process died, is found by the next sweep (sweep.lua).
struct NoticeBell: Sendable {
    let runner: ScriptRunner
    let keys: Keyspace
    /// As the scripts take them: `80,100`.
    let thresholds: String

    init(runner: ScriptRunner, keys: Keyspace, thresholds: [Int]) {
        self.runner = runner
        self.keys = keys
        self.thresholds = thresholds.map(String.init).joined(separator: ",")
    }

    func ring(for account: String) async {
        try? await DueList(runner: runner, key: keys.dueNotices).hurry(account)
    }
}
