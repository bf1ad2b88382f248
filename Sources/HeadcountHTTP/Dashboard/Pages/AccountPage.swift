internal import Foundation
internal import Headcount

/// One account in one period: figures, charts, questions, plan, keys.
struct AccountPage: Page {
    struct PeriodLink {
        let href, text: String
    }

    struct Fact {
        let label, valueText: String
        var noteText: String?
        var liveKey: String?
    }

    /// What was typed into the form that erases a contact, and what is wrong with it.
    struct EraseForm {
        let eraseContact: String
        let eraseProblem: String?
    }

    struct Download {
        let text, csvHref, jsonHref: String
    }

    struct RedisKey {
        let holds, type, stateText: String
        let commands: [String]
    }

    let frame: PageFrame
    let notice: String?
    let account, accountHref, periodName, periodText, periodRangeText: String
    let previousPeriod, nextPeriod: PeriodLink?
    let liveHref: String?
    let usage: UsageView
    let facts: [Fact]
    let pendingText: String?
    let daily: DailyChart
    let contactQuery: String
    let contactAnswer: ContactAnswer?
    let contactsHref: String
    let history: HistoryChart
    let planForm: PlanForm?
    let planProblem: String?
    let hasPlanChanges: Bool
    let planChanges: [PlanChangeView]
    let campaigns: CampaignsView
    let scenarios: ScenariosView
    let scenarioForm: ScenarioForm?
    let channels: ChannelsView
    let deadLetters: DeadLettersView
    let notices: NoticesView
    let eraseForm: EraseForm?
    let downloads: [Download]
    let redisSummary: String
    let redisKeys: [RedisKey]

    /// What the page is asked to show besides the account.
    struct Request {
        /// The contact that is asked about, and whether it was counted.
        var contact: (id: String, isCounted: Bool)?
        /// What is wrong with the contact that is asked about.
        var contactFault: (id: String, text: String)?
        var planProblem: String?
        /// The scenario that was to be added, and what is wrong with it.
        var scenarioFault: (form: QueryParameters, text: String)?
        /// What is wrong with the contact that is to be erased.
        var eraseFault: (id: String, text: String)?
        /// What a contact was just erased from.
        var erasure: Erasure?
        /// The address says that the plan was just changed.
        var isAfterChange = false
    }

    init(
        _ facts: AccountFacts, _ automation: ScenarioFacts, asked: Request, visitor: Visitor, catalogue: PlanCatalogue,
        redisCLILine: ([String]) -> String
    ) {
        let (account, zone, period) = (facts.account, facts.zone, facts.usage.period)
        let href = DashboardPath.account(account)
        func link(_ name: PeriodName) -> String { DashboardPath.with(href, ["period": name.firstDay]) }

        frame = PageFrame(account, visitor: visitor, renderedAt: facts.now, isHome: visitor.key.account != nil)
        // Believed only of who can change it, and right after a change: anybody can write an address.
        let isJustChanged = facts.audit.first.map { facts.now.timeIntervalSince($0.at) < 60 } ?? false
        let isChangeTold = asked.isAfterChange && visitor.isAdmin && isJustChanged
        notice = asked.erasure.map(Self.text) ?? (isChangeTold ? "The plan was changed." : nil)
        self.account = account
        accountHref = href
        periodName = period.name.firstDay
        periodText = period.text(in: zone)
        periodRangeText = period.range(in: zone)
        let place = facts.timeline.firstIndex { $0.period.name == period.name }
        func neighbour(_ offset: Int) -> PeriodLink? {
            guard let place, facts.timeline.indices.contains(place + offset) else { return nil }
            let other = facts.timeline[place + offset].period
            return PeriodLink(href: link(other.name), text: other.text(in: zone))
        }
        previousPeriod = neighbour(-1)
        nextPeriod = neighbour(1)
        liveHref = facts.isCurrent ? "\(href)/events" : nil
        usage = UsageView(facts.usage, label: "Contacts counted in \(period.text(in: zone))")
        self.facts = Self.facts(facts, refused: usage.refusedText)
        pendingText = Self.pending(facts)
        daily = DailyChart(
            DailyCounts(facts.summary, zone: zone, now: facts.now),
            limit: facts.usage.mode == .unlimited ? nil : facts.usage.limit,
            nothingText: "Nothing was counted in \(period.text(in: zone))\(facts.isCurrent ? " so far" : "").")
        contactQuery = asked.contact?.id ?? asked.contactFault?.id ?? ""
        contactAnswer = Self.answer(asked, facts)
        contactsHref = DashboardPath.contacts(of: account)
        history = HistoryChart(facts.timeline, selected: period.name, zone: zone, href: link)
        planForm = visitor.isAdmin ? PlanForm(facts, catalogue: catalogue) : nil
        planProblem = asked.planProblem
        planChanges = facts.audit.map { PlanChangeView($0, zone: zone) }
        hasPlanChanges = !planChanges.isEmpty
        campaigns = CampaignsView(facts.campaigns, of: account, zone: zone, visitor: visitor)
        scenarios = ScenariosView(automation.scenarios, of: account, zone: zone, visitor: visitor)
        scenarioForm = visitor.isAdmin ? ScenarioForm(asked.scenarioFault) : nil
        channels = ChannelsView(automation.channels, of: account)
        deadLetters = DeadLettersView(
            automation.deadLetters, count: automation.deadLetterCount, of: account, zone: zone, visitor: visitor)
        notices = NoticesView(facts.notices, settings: facts.noticeSettings, zone: zone, visitor: visitor)
        eraseForm =
            visitor.isAdmin
            ? EraseForm(eraseContact: asked.eraseFault?.id ?? "", eraseProblem: asked.eraseFault?.text) : nil
        downloads = [("Members", "members"), ("Daily numbers", "daily")].map { text, name in
            func file(_ ending: String) -> String {
                DashboardPath.with("\(href)/\(name).\(ending)", ["period": period.name.firstDay])
            }
            return Download(text: text, csvHref: file("csv"), jsonHref: file("json"))
        }
        redisSummary = "\(facts.keys.count) keys, with lines for redis-cli"
        redisKeys = facts.keys.map { key in
            let expiry = key.expiresAt.map { "expires \(DateText($0, in: zone).day)" } ?? "stays"
            return RedisKey(
                holds: key.holds.prefix(1).uppercased() + key.holds.dropFirst(), type: key.type,
                stateText: key.exists ? expiry : "not there yet",
                commands: key.commands.map(redisCLILine))
        }
    }

    private static func text(_ erasure: Erasure) -> String {
        guard erasure.isFound else {
            return "The contact was found in no period, campaign or scenario of the account: nothing was erased."
        }
        let places =
            [
                ("periods", erasure.periods.map(\.text)), ("campaigns", erasure.campaigns),
                ("scenarios", erasure.scenarios),
            ].filter { !$1.isEmpty }.map { "\($0): \($1.joined(separator: ", "))" }
            + (erasure.hadEvents ? ["its events"] : [])
        return "The contact was erased. Found in \(places.joined(separator: "; "))."
    }

    private static func facts(_ facts: AccountFacts, refused: String) -> [Fact] {
        let usage = facts.usage
        let end = DateText(usage.resetsAt, in: facts.zone)
        let limit = usage.mode == .unlimited ? nil : PlanWords.limit(usage.limit)
        let ends: Fact
        if facts.isCurrent {
            let days = Int(usage.resetsAt.timeIntervalSince(facts.now) / 86_400)
            let rest = days == 0 ? "in less than a day" : "in \(days) day\(days == 1 ? "" : "s")"
            ends = Fact(label: "Resets", valueText: end.dayAndTime, noteText: "\(facts.zone), \(rest)")
        } else {
            let isOver = usage.resetsAt <= facts.now
            let start = DateText(usage.period.start, in: facts.zone)
            ends = Fact(
                label: isOver ? "Ended" : "Begins", valueText: (isOver ? end : start).dayAndTime, noteText: facts.zone)
        }
        let held = Fact(
            label: "Held", valueText: "\(usage.held.grouped) contacts",
            noteText: "reserved, and counted against the limit")
        return [
            ends,
            Fact(label: "Plan", valueText: usage.plan, noteText: limit),
            Fact(label: "Mode", valueText: usage.mode.rawValue, noteText: PlanWords.consequence(usage.mode)),
        ] + (usage.held > 0 ? [held] : []) + [
            Fact(
                label: "Not reached", valueText: refused,
                noteText: usage.refusedContacts > 0 ? "refused by the limit" : nil, liveKey: "refusedText")
        ]
    }

    private static func pending(_ facts: AccountFacts) -> String? {
        var sentences: [String] = []
        if let next = facts.plan.pendingPlan {
            let day = DateText(next.from, in: facts.zone).day
            sentences.append(
                "Changes on \(day) to \(next.plan), \(PlanWords.limit(next.limit)), \(next.mode.rawValue).")
        }
        if let next = facts.plan.pendingCalendar {
            let day = DateText(next.from, in: facts.zone).day
            sentences.append(
                "From \(day) on, months begin on day \(next.calendar.startDay), \(next.calendar.zone).")
        }
        return sentences.isEmpty ? nil : sentences.joined(separator: " ")
    }

    private static func answer(_ asked: Request, _ facts: AccountFacts) -> ContactAnswer? {
        if let fault = asked.contactFault { return ContactAnswer(fault.id, fault: fault.text) }
        return asked.contact.map { contact in
            ContactAnswer(contact.id, isCounted: contact.isCounted, in: facts.usage, isCurrent: facts.isCurrent)
        }
    }
}
