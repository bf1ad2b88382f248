import Headcount

/// What ends the program early: one line on standard error and an exit status.
struct Failure: Error {
    let message: String?
    let status: ExitStatus

    init(_ message: String?, _ status: ExitStatus) {
        self.message = message
        self.status = status
    }

    init(_ error: HeadcountError) {
        switch error.code {
        case .invalidAccount, .invalidContact, .invalidAudience, .invalidToken, .invalidJournal, .invalidBackup:
            self.init(error.message, .badData)
        case .invalidAction, .invalidPlan, .invalidPeriod, .invalidConfiguration, .invalidLease, .invalidCampaign,
            .invalidNotices, .invalidScenario, .invalidChannel:
            self.init(error.message, .usage)
        case .unavailable: self.init(error.message, .unavailable)
        default: self.init(error.message, .failure)
        }
    }
}

/// The exit statuses of `headcount`: those of sysexits.h where it has one.
enum ExitStatus: Int32 {
    case failure = 1
    case refused = 3
    case usage = 64
    case badData = 65
    case unavailable = 69
}
