import ArgumentParser
import Headcount

struct ScenarioEnableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "enable",
        abstract: "Let events start a scenario, and its runs go on.",
        discussion: """
            Prints 'ID<TAB>enabled'.

            EXAMPLE
              headcount scenario enable acct_42 welcome
            """)

    @OptionGroup var scenario: ScenarioOptions

    func run() async throws {
        try await scenario.change { try await $0.enable(scenario.id, of: scenario.account) }
    }
}

struct ScenarioDisableCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "disable",
        abstract: "Let no event start a scenario until it is enabled; its runs wait for that.",
        discussion: """
            Prints 'ID<TAB>disabled'. A call that is being made is finished.

            EXAMPLE
              headcount scenario disable acct_42 welcome
            """)

    @OptionGroup var scenario: ScenarioOptions

    func run() async throws {
        try await scenario.change { try await $0.disable(scenario.id, of: scenario.account) }
    }
}
