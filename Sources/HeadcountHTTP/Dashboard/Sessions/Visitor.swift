/// Who looks at a page, and what that person may do.
struct Visitor {
    let key: APIKey
    /// To be given back by each form.
    let formToken: String

    /// Where the brand leads: those bound to an account see only that.
    var home: String { key.account.map(DashboardPath.account) ?? "/" }
    var isAdmin: Bool { key.scope == .admin }
}
