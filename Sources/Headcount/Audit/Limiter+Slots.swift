internal import Foundation
internal import RedisClient

/// What is wrong with held slots, and how many contacts it concerns.
struct SlotFaults: Hashable {
    /// Held for nobody, for somebody who is counted, for longer than any lease; not held though a lease goes on.
    var orphaned = 0, counted = 0, endless = 0, unheld = 0

    var isEmpty: Bool { self == SlotFaults() }

    mutating func add(_ letters: String) {
        for letter in letters {
            switch letter {
            case "o": orphaned += 1
            case "m": counted += 1
            case "x": endless += 1
            case "n": unheld += 1
            default: break
            }
        }
    }
}

extension Limiter {
    /// Compares held slots and holders (slots.lua), and mends them.
    @discardableResult
    func slots(of account: String, _ period: PeriodName, mends: Bool) async throws -> SlotFaults {
        var faults = SlotFaults()
        let expires = try await end(of: period, account).epochSeconds + Int(configuration.retention.components.seconds)
        let names = [keys.held(account, period), keys.members(account, period), keys.holders(account, period)]
        for command in [["ZSCAN", names[0]], ["HSCAN", names[2]]] {
            try await scanValues(RedisCommand(command), count: LimiterScripts.maximumContacts) { page in
                let contacts = stride(from: 0, to: page.count, by: 2).compactMap { page[$0].bytes }
                for start in stride(from: 0, to: contacts.count, by: LimiterScripts.maximumContacts) {
                    var call = ScriptCall(
                        keys: names,
                        arguments: [
                            mends ? "mend" : "look", String(expires), String(Self.leases.upperBound.milliseconds),
                        ])
                    for contact in contacts[start..<min(contacts.count, start + LimiterScripts.maximumContacts)] {
                        call.arguments.append(bytes: contact)
                    }
                    let made = call
                    let (reply, _) = try await runner.run(LimiterScripts.slots, for: account) { _ in made }
                    // Those that are held come twice, unless they are held for nobody or nobody holds for them.
                    var letters = reply.text ?? ""
                    letters.removeAll { command[0] == "ZSCAN" ? $0 == "n" : $0 != "n" }
                    faults.add(letters)
                }
            }
        }
        return faults
    }
}
