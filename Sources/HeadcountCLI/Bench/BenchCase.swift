import ArgumentParser

/// What `headcount bench` measures; the marks are those of the design.
enum BenchCase: String, CaseIterable, ExpressibleByArgument {
    case manyAccounts = "many-accounts"
    case hotAccount = "hot-account"
    case batch256 = "batch-256"
    case reserve256 = "reserve-256"
    case latency
    case silence
    case localCache = "local-cache"
    case growth
    case memory
}
