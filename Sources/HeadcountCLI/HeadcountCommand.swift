import ArgumentParser
import Foundation
import Headcount

struct HeadcountCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "headcount",
        abstract: "Lets an account activate at most so many distinct contacts a month, exactly.",
        discussion: """
            Data goes to standard output, messages and progress to standard error; --json prints one object a line.
            Exit status: 0 all admitted, 3 some refused by the limit, 64 wrong usage, 65 bad data, 69 Redis unavailable,
            1 anything else.

            EXAMPLE
              headcount activate acct_42 --by campaign:spring 17841400008460056
            """,
        version: HeadcountVersion.current,
        subcommands: [
            ActivateCommand.self, ReserveCommand.self, ConfirmCommand.self, ReleaseCommand.self, UsageCommand.self,
            HistoryCommand.self, PlanCommand.self, ContactsCommand.self, AccountsCommand.self, AccountCommand.self,
            KeysCommand.self, CampaignCommand.self, ScenarioCommand.self, ChannelCommand.self, DeadLetterCommand.self,
            NoticesCommand.self, ServeCommand.self, APIKeyCommand.self, HealthCommand.self, WorkerCommand.self,
            JournalCommand.self, BackupCommand.self, RestoreCommand.self, AuditCommand.self, DoctorCommand.self,
            BenchCommand.self, DemoCommand.self, DemoWorkerCommand.self, BenchLoadCommand.self,
        ])
}

@main
enum Main {
    static func main() async {
        do {
            try RawArguments.check()
            var command = try HeadcountCommand.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let error as Failure {
            exit(with: error)
        } catch let error as HeadcountError {
            exit(with: Failure(error))
        } catch {
            HeadcountCommand.exit(withError: error)
        }
    }

    private static func exit(with failure: Failure) -> Never {
        if let message = failure.message { Terminal.say(message) }
        Foundation.exit(failure.status.rawValue)
    }
}
