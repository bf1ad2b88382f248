internal import Foundation

/// A scenario and what became of its runs, as the command line and the HTTP API write it.
package struct ScenarioDocument: Encodable, Sendable {
    let account, id, who: String
    let enabled: Bool
    let on: EventKind
    let keywords: [String]
    let match: KeywordMatch
    let steps: [Scenario.Step]
    let coolDown: Int
    let replyWindow: Nullable<Int>
    let created: Date
    let started, active, parked, sending, finished, failed, unknown, expired, erased: Int
    let newlyCounted, alreadyCounted: Int

    package init(_ scenario: Scenario) {
        account = scenario.account
        id = scenario.id
        who = scenario.who
        enabled = scenario.isEnabled
        let definition = scenario.definition
        on = definition.trigger.event
        keywords = definition.trigger.keywords
        match = definition.trigger.match
        steps = definition.steps
        coolDown = definition.coolDown
        replyWindow = Nullable(definition.replyWindow)
        created = scenario.created
        let progress = scenario.progress
        started = progress.started
        active = progress.active
        parked = progress.parked
        sending = progress.sending
        finished = progress.finished
        failed = progress.failed
        unknown = progress.unknown
        expired = progress.expired
        erased = progress.erased
        newlyCounted = progress.newlyCounted
        alreadyCounted = progress.alreadyCounted
    }
}
