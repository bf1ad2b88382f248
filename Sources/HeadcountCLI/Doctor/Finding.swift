/// What `headcount doctor` found out about one thing.
struct Finding: Encodable {
    enum Status: String, Encodable {
        case ok
        /// Works, but should be otherwise.
        case warning
        /// Exactness or data is at risk.
        case problem
        /// Could not be found out.
        case unknown
    }

    /// Of which server, where there are several.
    private(set) var server: String?
    let check: String
    let status: Status
    let detail: String

    init(check: String, status: Status, detail: String) {
        self.check = check
        self.status = status
        self.detail = detail
    }

    func at(_ server: String?) -> Finding {
        var finding = self
        finding.server = server
        return finding
    }
}
