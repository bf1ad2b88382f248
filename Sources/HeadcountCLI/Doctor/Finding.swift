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

    let check: String
    let status: Status
    let detail: String
}
