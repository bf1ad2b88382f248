import EmbeddedRedis
import Foundation
import TestSupport
import Testing

/// The commands that look at accounts and change plans, as ops use them.
@Suite struct CommandTests {
    private static let commands = [
        ["activate"], ["usage"], ["history"], ["plan"], ["plan", "list"], ["plan", "show"], ["plan", "set"],
        ["contacts"],
        ["contacts", "list"], ["contacts", "check"], ["accounts"], ["keys"], ["doctor"], ["bench"], ["demo"],
    ]

    @Test func everyCommandHasHelpWithAnExample() async throws {
        for command in [[]] + Self.commands {
            let outcome = try await ChildProcess.run([Products.headcount] + command + ["--help"])
            #expect(outcome.status == 0)
            #expect(outcome.output.contains("EXAMPLE"), "\(command)")
            #expect(outcome.output.contains("headcount \(command.joined(separator: " "))"), "\(command)")
        }
    }

    @Test(arguments: ["bash", "zsh", "fish"]) func completionsAreOffered(_ shell: String) async throws {
        let outcome = try await ChildProcess.run([Products.headcount, "--generate-completion-script", shell])
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("activate") && outcome.output.contains("doctor"))
        #expect(!outcome.output.contains("demo-worker"))
    }

    @Test func usageSaysWhatIsUsedAndLeft() async throws {
        try await withProgram { program, _ in
            _ = try await program.run("plan", "set", "acct", "--plan", "pro", "--zone", "Europe/Paris")
            _ = try await program.run("activate", "acct", "--by", "campaign:x", "ann", "bob")
            let usage = try #require(try await program.run("usage", "acct", "--json").objects.first)
            #expect(usage["account"] as? String == "acct" && usage["plan"] as? String == "pro")
            #expect(usage["mode"] as? String == "hard" && usage["zone"] as? String == "Europe/Paris")
            #expect(usage["used"] as? Int == 2 && usage["limit"] as? Int == 1_000 && usage["remaining"] as? Int == 998)
            #expect(usage["held"] as? Int == 0 && usage["refusedContacts"] as? Int == 0)
            #expect(usage["resetsAt"] is String)
            let text = try await program.run("usage", "acct").output
            #expect(text.contains("2 of 1,000") && text.contains("Europe/Paris") && text.contains("998"))
            let past = try #require(
                try await program.run("usage", "acct", "--period", "2020-02", "--json").objects.first)
            #expect(past["used"] as? Int == 0 && past["period"] as? String == "2020-02")
            #expect(past["resetsAt"] as? String == "2020-02-29T23:00:00Z")
        }
    }

    @Test func planListShowAndSet() async throws {
        try await withProgram { program, redis in
            let list = try await program.run("plan", "list")
            #expect(list.output.contains("free") && list.output.contains("1,000 / 2,500 / 5,000"))
            let plans = try await program.run("plan", "list", "--json").objects
            #expect(plans.map { $0["limit"] as? Int } == [100, 1_000])

            let set = try await program.run(
                "plan", "set", "acct", "--plan", "pro", "--limit", "2500", "--who", "ops@example.com", "--json")
            #expect(set.status == 0)
            #expect(try set.objects.first?["limit"] as? Int == 2_500)
            let stored = try await RedisCLI(redis).run("HMGET", "hc:{acct}:plan", "plan", "limit", "mode", "version")
            #expect(stored == "pro\n2500\nhard\n1")
            let audit = try await RedisCLI(redis).run("XRANGE", "hc:{acct}:audit", "-", "+")
            #expect(audit.contains("ops@example.com") && audit.contains("plan=free limit=100"))

            let later = try await program.run("plan", "set", "acct", "--plan", "free", "--at-period-end", "--json")
            let pending = try #require(try later.objects.first?["pendingPlan"] as? [String: Any])
            #expect(pending["plan"] as? String == "free" && pending["limit"] as? Int == 100)
            let show = try await program.run("plan", "show", "acct")
            #expect(show.output.contains("2,500") && show.output.contains("ops@example.com"))
        }
    }

    @Test func contactsListAndCheck() async throws {
        try await withProgram { program, _ in
            let people = (0..<2_000).map { "person-\($0)" }
            _ = try await program.run("plan", "set", "acct", "--limit", "5000")
            _ = try await program.run(
                "activate", "acct", "--by", "campaign:x", "--from", "-", input: people.joined(separator: "\n"))
            let list = try await program.run("contacts", "list", "acct")
            #expect(Set(list.lines.map(String.init)) == Set(people))
            let check = try await program.run("contacts", "check", "acct", "person-7", "stranger")
            #expect(check.status == 0)
            #expect(check.output == "person-7\tactivated\nstranger\tnot_activated\n")
            let json = try await program.run("contacts", "check", "acct", "stranger", "--json").objects
            #expect(json.first?["activated"] as? Bool == false)
        }
    }

    @Test func accountsNearTheLimit() async throws {
        try await withProgram { program, _ in
            _ = try await program.run("plan", "set", "busy", "--limit", "2")
            _ = try await program.run("activate", "busy", "--by", "campaign:x", "ann", "bob")
            _ = try await program.run("activate", "calm", "--by", "campaign:x", "ann")
            let all = try await program.run("accounts", "--json").objects
            #expect(all.map { $0["account"] as? String } == ["busy", "calm"])
            let near = try await program.run("accounts", "--near", "80")
            #expect(near.output.contains("busy") && !near.output.contains("calm"))
        }
    }

    @Test func historyShowsTheMonth() async throws {
        try await withProgram { program, _ in
            _ = try await program.run("activate", "acct", "--by", "campaign:x", "ann", "bob")
            let history = try await program.run("history", "acct", "--json").objects
            #expect(history.count == 1)
            #expect(history[0]["used"] as? Int == 2)
            #expect(history[0]["activatedByKind"] as? [String: Int] == ["campaign": 2])
            #expect(try await program.run("history", "acct").output.contains("campaign 2"))
        }
    }

    /// The lines are pasted into a real shell.
    @Test func keysGiveLinesThatWorkInAShell() async throws {
        try await withProgram { program, redis in
            _ = try await program.run("plan", "set", "acct", "--limit", "1")
            _ = try await program.run("activate", "acct", "--by", "campaign:x", "ann", "bob")
            let keys = try await program.run("keys", "acct", "--json").objects
            for key in keys where key["exists"] as? Bool == true {
                let name = try #require(key["key"] as? String)
                #expect(try await RedisCLI(redis).run("TYPE", name) == key["type"] as? String)
                for line in try #require(key["commands"] as? [String]) {
                    let outcome = try await ChildProcess.run(["sh", "-c", line])
                    #expect(outcome.status == 0 && !outcome.output.contains("ERR"), "\(line): \(outcome.output)")
                }
            }
            let members = try #require(keys.first?["commands"] as? [String])
            #expect(try await ChildProcess.run(["sh", "-c", members[0]]).output == "1\n")
            let stored = try await RedisCLI(redis).run("KEYS", "*").split(separator: "\n").map(String.init)
            #expect(Set(stored).isSubset(of: keys.compactMap { $0["key"] as? String }))
            #expect(try await program.run("keys", "acct").output.contains("redis-cli -s"))
        }
    }

    @Test func doctorFindsWhatIsWrong() async throws {
        var configuration = EmbeddedRedis.Configuration()
        configuration.arguments = ["--appendonly", "yes"]
        try await withProgram(configuration) { program, redis in
            let healthy = try await program.run("doctor", "--json")
            #expect(healthy.status == 0, "\(healthy.output)")
            #expect(
                try healthy.objects.compactMap { $0["check"] as? String } == [
                    "version", "role", "eviction", "memory", "persistence", "intset", "clock", "default-user",
                    "latency",
                ])
            #expect(try healthy.objects.allSatisfy { $0["status"] as? String == "ok" }, "\(healthy.output)")
            for setting in [
                ("maxmemory-policy", "allkeys-lru"), ("appendonly", "no"), ("set-max-intset-entries", "512"),
            ] {
                _ = try await RedisCLI(redis).run("CONFIG", "SET", setting.0, setting.1)
            }
            let ill = try await program.run("doctor", "--json")
            #expect(ill.status == 1)
            let states = Dictionary(
                uniqueKeysWithValues: try ill.objects.map {
                    ($0["check"] as? String ?? "", $0["status"] as? String ?? "")
                })
            #expect(
                states["eviction"] == "problem" && states["persistence"] == "warning" && states["intset"] == "warning")
            #expect(ill.errors.contains("eviction"))
        }
    }

    @Test func doctorSeesAClockThatIsOff() async throws {
        var configuration = EmbeddedRedis.Configuration()
        configuration.environment = try ShiftedClock.shifted(by: 3_600).environment
        try await withProgram(configuration) { program, _ in
            let clock = try await program.run("doctor", "--json").objects.first { $0["check"] as? String == "clock" }
            #expect(clock?["status"] as? String == "warning")
        }
    }
}
