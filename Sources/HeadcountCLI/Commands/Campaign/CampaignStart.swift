import Foundation
import Headcount

/// Makes a campaign for `headcount campaign start`, loads its audience, and starts it: all of it, or nothing.
struct CampaignStart {
    let account: String
    let id: String
    let action: String
    let expires: Date?
    let who: String
    let skipsBad: Bool
    let pauses: Bool
    let campaigns: Campaigns

    /// - Returns: How many contacts the campaign has.
    func run(_ audience: consuming Audience) async throws -> Int {
        try await campaigns.make(id, of: account, action: action, expires: expires, by: who)
        let total = try await load(audience)
        do {
            try await campaigns.start(id, of: account, paused: pauses)
        } catch let error as HeadcountError where error.code == .unavailable {
            throw Failure(
                "\(error.message); whether the campaign was started, 'headcount campaign status \(account) \(id)' says",
                .unavailable)
        }
        return total
    }

    private func load(_ audience: consuming Audience) async throws -> Int {
        do {
            var part = 0
            var total = 0
            let faults = try await audience.forEachBatch { contacts in
                part += 1
                total = try await campaigns.load(contacts, part: part, into: id, of: account)
                return "\(Format.count(total)) contacts"
            }
            if faults > 0 && !skipsBad {
                throw Failure(
                    "\(Audience.badLines(faults)): nothing was started; mend the lines, or give --skip-bad", .badData)
            }
            if total == 0 { throw Failure("the audience has no contacts: nothing was started", .badData) }
            if faults > 0 { Terminal.say(Audience.leftOut(faults)) }
            return total
        } catch let error as HeadcountError {
            throw await abandon(after: Failure(error))
        } catch let failure as Failure {
            throw await abandon(after: failure)
        }
    }

    /// Forgets the campaign again. Where that can't be done either, the failure says what is left of it.
    private func abandon(after failure: Failure) async -> Failure {
        if (try? await campaigns.abandon(id, of: account)) != nil { return failure }
        let left =
            "the campaign stays, loading, and nothing is sent; 'headcount campaign cancel \(account) \(id)' ends it"
        return Failure(failure.message.map { "\($0); \(left)" } ?? left, failure.status)
    }
}
