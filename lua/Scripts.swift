/// The sources of the scripts in this folder, compiled into the binary.
package enum ScriptSource {
    package static let activate = text(PackageResources.activate_lua)
    package static let advance = text(PackageResources.advance_lua)
    package static let campaign = text(PackageResources.campaign_lua)
    package static let check = text(PackageResources.check_lua)
    package static let claim = text(PackageResources.claim_lua)
    package static let `defer` = text(PackageResources.defer_lua)
    package static let deliver = text(PackageResources.deliver_lua)
    package static let due = text(PackageResources.due_lua)
    package static let erase = text(PackageResources.erase_lua)
    package static let forget = text(PackageResources.forget_lua)
    package static let hurry = text(PackageResources.hurry_lua)
    package static let index = text(PackageResources.index_lua)
    package static let journal = text(PackageResources.journal_lua)
    package static let load = text(PackageResources.load_lua)
    package static let merge = text(PackageResources.merge_lua)
    package static let peek = text(PackageResources.peek_lua)
    package static let plan = text(PackageResources.plan_lua)
    package static let progress = text(PackageResources.progress_lua)
    package static let relink = text(PackageResources.relink_lua)
    package static let requeue = text(PackageResources.requeue_lua)
    package static let reserve = text(PackageResources.reserve_lua)
    package static let restore = text(PackageResources.restore_lua)
    package static let retry = text(PackageResources.retry_lua)
    package static let revive = text(PackageResources.revive_lua)
    package static let scenario = text(PackageResources.scenario_lua)
    package static let settle = text(PackageResources.settle_lua)
    package static let slots = text(PackageResources.slots_lua)
    package static let sweep = text(PackageResources.sweep_lua)
    package static let tally = text(PackageResources.tally_lua)
    package static let trigger = text(PackageResources.trigger_lua)
    package static let usage = text(PackageResources.usage_lua)

    package static let all = [
        activate, advance, campaign, check, claim, `defer`, deliver, due, erase, forget, hurry, index, journal, load,
        merge, peek, plan, progress, relink, requeue, reserve, restore, retry, revive, scenario, settle, slots, sweep,
        tally, trigger, usage,
    ]

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
