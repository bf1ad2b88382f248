import EmbeddedRedis
import Foundation
import TestSupport
import Testing

/// Bad input is refused by name, with the right status, and nothing is written.
@Suite struct BadInputTests {
    private func expectNothingWritten(_ redis: EmbeddedRedis) async throws {
        #expect(try await RedisCLI(redis).run("DBSIZE") == "0")
    }

    @Test func accountsAreRefusedByName() async throws {
        try await withProgram { program, redis in
            for (account, shown) in [
                ("{acct}", "'{acct}'"), ("a\nb", #"'a\nb'"#), ("", "''"),
                (String(repeating: "x", count: 300), "300 bytes"),
                ("a b", "'a b'"),
            ] {
                for command in [
                    ["activate", account, "--by", "campaign:x", "ann"], ["usage", account], ["keys", account],
                ] {
                    let outcome = try await ChildProcess.run(
                        [Products.headcount] + command, environment: ["HEADCOUNT_REDIS_URL": redis.url])
                    #expect(outcome.status == 65, "\(command): \(outcome.errors)")
                    #expect(outcome.errors.contains(shown), "\(outcome.errors)")
                    #expect(outcome.output == "")
                }
            }
            try await expectNothingWritten(redis)
            _ = program
        }
    }

    @Test func contactsAreRefusedByName() async throws {
        try await withProgram { program, redis in
            for (contact, shown) in [
                ("a\nb", #"'a\nb'"#), ("", "''"), (String(repeating: "x", count: 300), "300 bytes"),
                ("a\tb", #"'a\tb'"#),
            ] {
                let outcome = try await program.run("activate", "acct", "--by", "campaign:x", "fine", contact)
                #expect(outcome.status == 65)
                #expect(outcome.errors.contains(shown), "\(outcome.errors)")
                #expect(outcome.output == "")
            }
            try await expectNothingWritten(redis)
        }
    }

    @Test func argumentThatIsNotUTF8() async throws {
        try await withProgram { _, redis in
            let outcome = try await ChildProcess.run(
                ["sh", "-c", #"exec "$0" activate acct --by campaign:x "$(printf 'a\377b')""#, Products.headcount],
                environment: ["HEADCOUNT_REDIS_URL": redis.url])
            #expect(outcome.status == 65)
            #expect(outcome.errors.contains("not valid UTF-8"))
            try await expectNothingWritten(redis)
        }
    }

    @Test func badLinesAreReportedAndTheOthersGoOn() async throws {
        try await withProgram { _, redis in
            let audience =
                Data("ann\n\na\u{0}b\n".utf8) + [0xFF, 0xFE, 10]
                + Data((String(repeating: "x", count: 300) + "\nbob\n").utf8)
            let outcome = try await ChildProcess.run(
                [Products.headcount, "activate", "acct", "--by", "campaign:x", "--from", "-"],
                environment: ["HEADCOUNT_REDIS_URL": redis.url], input: audience)
            #expect(outcome.status == 65)
            #expect(outcome.output == "ann\tactivated\nbob\tactivated\n")
            for line in [3, 4, 5] {
                #expect(outcome.errors.contains("standard input, line \(line):"), "\(outcome.errors)")
            }
            #expect(outcome.errors.contains("3 bad lines were left out"))
            #expect(try await RedisCLI(redis).run("SCARD", membersKey("acct")) == "2")
        }
    }

    @Test(arguments: [
        (["activate", "acct", "--by", "campaign:x"], "nobody to activate"),
        (["activate", "acct", "ann"], "--by"),
        (["activate", "acct", "--by", "webinar:x", "ann"], "'webinar'"),
        (["activate", "acct", "--by", "Campaign", "ann"], "'Campaign'"),
        (["activate", "acct", "--by", "campaign:x", "ann", "--batch", "513"], "513"),
        (["activate", "acct", "--by", "campaign:x", "ann", "--frm", "x"], "--frm"),
        (["activate", "acct", "--by", "campaign:x", "--from", "x.txt", "--format", "xml"], "xml"),
        (["usage", "acct", "--period", "2026-13"], "'2026-13'"),
        (["plan", "set", "acct"], "nothing to change"),
        (["plan", "set", "acct", "--plan", "gold"], "'gold'"),
        (["plan", "set", "acct", "--limit", "many"], "many"),
        (["plan", "set", "acct", "--limit=-1"], "'-1'"),
        (["plan", "set", "acct", "--mode", "medium"], "medium"),
        (["plan", "set", "acct", "--zone", "Mars/Olympus"], "'Mars/Olympus'"),
        (["plan", "set", "acct", "--start-day", "31"], "'31'"),
        (["accounts", "--near=-1"], "-1"),
        (["usage", "acct", "--redis", "http://localhost"], "http"),
        (["usage", "acct", "--redis", "redis://u:secret@h:x"], "redis://"),
        (["usage", "acct", "--prefix", "a{b}"], "'a{b}'"),
        (["usage", "acct", "--timeout", "0"], "--timeout"),
        (["frobnicate"], "frobnicate"),
    ])
    func wrongUsageIsSaid(_ arguments: [String], _ text: String) async throws {
        try await withProgram { _, redis in
            let outcome = try await ChildProcess.run(
                [Products.headcount] + arguments, environment: ["HEADCOUNT_REDIS_URL": redis.url])
            #expect(outcome.status == 64, "\(outcome.errors)")
            #expect(outcome.errors.contains(text), "\(outcome.errors)")
            #expect(!outcome.errors.contains("secret"))
            #expect(outcome.output == "")
            try await expectNothingWritten(redis)
        }
    }

    @Test func fileThatIsNotThere() async throws {
        try await withProgram { program, redis in
            let outcome = try await program.run("activate", "acct", "--by", "campaign:x", "--from", "/no/such/file.csv")
            #expect(outcome.status == 65)
            #expect(outcome.errors.contains("/no/such/file.csv"))
            try await expectNothingWritten(redis)
        }
    }
}
