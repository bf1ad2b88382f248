internal import RedisClient

extension Limiter {
    /// Takes a contact out of a campaign or scenario (forget.lua). True if it was there.
    func forget(_ contact: String, of name: AutomationName) async throws -> Bool {
        let place = AutomationKeys(keys, name)
        var names = [place.campaign, place.jobs, place.queue, place.again, place.later, place.parked, place.sending]
        var tombstone = "\(Tombstones.prefix)\(name.id):\(ReservationToken.randomID())"
        if name.kind == .scenario {
            let place = ScenarioKeys(keys, name.account, name.id)
            names += [place.runs, place.cooling, place.ended]
            tombstone = ""
        }
        let call = ScriptCall(keys: names, arguments: [contact, tombstone, name.sending])
        let (reply, _) = try await runner.run(LimiterScripts.forget, for: name.account) { _ in call }
        return reply.integer == 1
    }
}
