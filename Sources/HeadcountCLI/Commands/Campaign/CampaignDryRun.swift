import Headcount

/// Says for `headcount campaign start --dry-run` what a campaign would come to.
struct CampaignDryRun {
    private struct Line: Encodable {
        let account: String
        let total, newActivations: Int
        let remaining: LimitNumber
    }

    let account: String
    let limiter: Limiter
    let skipsBad: Bool
    let isJSON: Bool

    func run(_ audience: consuming Audience) async throws {
        var seen: Set<ExactText> = []
        var newActivations = 0
        let faults = try await audience.forEachBatch { contacts in
            let fresh = contacts.filter { seen.insert(ExactText($0)).inserted }
            let areActivated = try await limiter.isActivated(fresh, in: account, period: nil)
            newActivations += areActivated.count { !$0 }
            return "\(Format.count(seen.count)) contacts, \(Format.count(newActivations)) new activations"
        }
        let usage = try await limiter.usage(of: account)
        let forecast = CampaignForecast(
            total: seen.count, newActivations: newActivations, remaining: usage.remaining)
        // Only a hard limit refuses anybody.
        let refused = usage.mode == .hard ? max(0, forecast.newActivations - forecast.remaining) : 0
        try Terminal.write(isJSON ? JSONLine.text(line(forecast)) : Self.text(forecast, refused, usage.mode))
        if faults > 0 && !skipsBad {
            throw Failure(
                "\(Audience.badLines(faults)): nothing would be started; mend the lines, or give --skip-bad", .badData)
        }
        if forecast.total == 0 { throw Failure("the audience has no contacts: nothing would be started", .badData) }
        if faults > 0 { Terminal.say(Audience.leftOut(faults)) }
        if refused > 0 { throw Failure(nil, .refused) }
    }

    private func line(_ forecast: CampaignForecast) -> Line {
        Line(
            account: account, total: forecast.total, newActivations: forecast.newActivations,
            remaining: LimitNumber(forecast.remaining))
    }

    /// `412 contacts: needs 300 new activations, 200 are left: 100 would be parked`
    private static func text(_ forecast: CampaignForecast, _ refused: Int, _ mode: LimitMode) -> String {
        let need =
            "\(Format.count(forecast.total)) contacts: needs \(Format.count(forecast.newActivations)) new activations"
        if forecast.remaining == .max { return "\(need), and no limit applies: it fits\n" }
        let left = "\(Format.count(forecast.remaining)) are left"
        if refused > 0 { return "\(need), \(left): \(Format.count(refused)) would be parked\n" }
        let fits = forecast.newActivations <= forecast.remaining
        return "\(need), \(left): \(fits ? "it fits" : "it goes over the limit, which is \(mode.rawValue)")\n"
    }
}
