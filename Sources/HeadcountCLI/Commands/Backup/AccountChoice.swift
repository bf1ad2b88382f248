import ArgumentParser

/// Some accounts, or all of them.
struct AccountChoice: ParsableArguments {
    @Argument(help: "Account ids.")
    var accounts: [String] = []

    @Flag(help: "All accounts, and what belongs to none.")
    var all = false

    func validate() throws {
        if all && !accounts.isEmpty { throw ValidationError("accounts and --all exclude each other") }
        if !all && accounts.isEmpty { throw ValidationError("give accounts, or --all") }
    }

    /// Nil for all.
    var chosen: [String]? { all ? nil : accounts }
}
