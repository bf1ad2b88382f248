import EmbeddedRedis
import Foundation
import TestSupport
import Testing

@Suite struct ActivateTests {
    @Test func printsContactAndVerdictInOrder() async throws {
        try await withProgram { program, _ in
            #expect(try await program.run("plan", "set", "acct", "--limit", "2").status == 0)
            let full = try await program.run("activate", "acct", "--by", "campaign:x", "ann", "bob", "ann", "eve")
            #expect(full.status == 3)
            #expect(full.output == "ann\tactivated\nbob\tactivated\nann\talready_activated\neve\tlimit_reached\n")
            #expect(full.errors == "")
            let members = try await program.run("activate", "acct", "--by", "ai_agent:bot", "bob", "ann")
            #expect(members.status == 0)
        }
    }

    @Test func jsonHasALineForEachContactAndASummary() async throws {
        try await withProgram { program, _ in
            _ = try await program.run("plan", "set", "acct", "--limit", "2", "--zone", "Europe/Paris")
            let outcome = try await program.run(
                "activate", "acct", "--by", "campaign:x", "ann", "bob", "ann", "eve", "--json")
            let objects = try outcome.objects
            #expect(objects.count == 5)
            #expect(objects[0] as? [String: String] == ["contact": "ann", "verdict": "activated"])
            #expect(objects[3] as? [String: String] == ["contact": "eve", "verdict": "limit_reached"])
            let summary = objects[4]
            #expect(
                Set(summary.keys) == [
                    "account", "period", "used", "limit", "remaining", "resetsAt", "activated", "alreadyActivated",
                    "limitReached", "notCounted",
                ])
            #expect(summary["account"] as? String == "acct")
            #expect(summary["used"] as? Int == 2 && summary["limit"] as? Int == 2 && summary["remaining"] as? Int == 0)
            #expect(summary["activated"] as? Int == 2 && summary["alreadyActivated"] as? Int == 1)
            #expect(summary["limitReached"] as? Int == 1 && summary["notCounted"] as? Int == 0)
            let resetsAt = try #require(summary["resetsAt"] as? String)
            // Midnight in Paris.
            #expect(resetsAt.wholeMatch(of: /\d{4}-\d\d-\d\dT2[23]:00:00Z/) != nil)
        }
    }

    @Test func unlimitedIsNullInJSON() async throws {
        try await withProgram { program, _ in
            _ = try await program.run("plan", "set", "acct", "--mode", "unlimited")
            let objects = try await program.run("activate", "acct", "--by", "campaign:x", "ann", "--json").objects
            #expect(objects[1]["limit"] is NSNull && objects[1]["remaining"] is NSNull)
        }
    }

    @Test func readsFilesByTheirNameAndStandardInputByItsFirstLine() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "hc-\(UInt32.random(in: 0...UInt32.max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let csv = "\u{FEFF}name,contact\r\n\"Ann, A.\",17841400008460056\r\n\r\nBob,17841400008460057\r\n"
        let lines = "{\"contact\":17841400008460056}\n{\"contact\":\"17841400008460057\"}\n"
        try await withProgram { program, _ in
            let expected = ["17841400008460056", "17841400008460057"]
            for (name, content) in [("a.csv", csv), ("a.jsonl", lines), ("a.txt", expected.joined(separator: "\n"))] {
                let file = folder.appending(path: name)
                try content.write(to: file, atomically: true, encoding: .utf8)
                let fromFile = try await program.run("activate", "acct", "--by", "campaign:x", "--from", file.path)
                #expect(fromFile.verdicts.map(\.contact) == expected, "\(name) \(fromFile.errors)")
                let fromInput = try await program.run(
                    "activate", "acct", "--by", "campaign:x", "--from", "-", input: content)
                #expect(fromInput.verdicts.map(\.contact) == expected, "\(name)")
                #expect(fromInput.verdicts.allSatisfy { $0.verdict == "already_activated" })
            }
            let column = try await program.run(
                "activate", "acct", "--by", "campaign:x", "--from", "-", "--column", "ig", input: "ig,x\n7,8\n")
            #expect(column.output == "7\tactivated\n")
            let missing = try await program.run(
                "activate", "acct", "--by", "campaign:x", "--from", "-", "--column", "igsid", input: "ig,x\n7,8\n")
            #expect(missing.status == 65)
            #expect(missing.errors.contains("igsid") && missing.errors.contains("ig"))
        }
    }

    /// A pipe that gives a line now and then gets its answers now and then.
    @Test func answersAsLinesComeIn() async throws {
        try await withProgram { program, _ in
            let worker = try program.start(["activate", "acct", "--by", "scenario:x", "--from", "-"])
            for name in ["ann", "bob", "eve"] {
                try worker.write(name + "\n")
                #expect(try await eventually { worker.outputSoFar.hasSuffix("\(name)\tactivated\n") })
            }
            worker.closeInput()
            #expect(try await worker.wait().status == 0)
        }
    }

    @Test func memoryDoesNotGrowWithTheAudience() async throws {
        try await withProgram { program, _ in
            _ = try await program.run("plan", "set", "acct", "--limit", "1000")
            let worker = try program.start(["activate", "acct", "--by", "campaign:x", "--from", "-"])
            var expected = 0
            var peaks: [Int] = []
            for count in [20_000, 400_000] {
                // An answer is the contact of 15 bytes, a tab and the verdict.
                for start in stride(from: 0, to: count, by: 1_000) {
                    let contacts = (start..<start + 1_000).map { "17841400\(1_000_000 + $0)" }
                    let isFirst = expected == 0
                    expected += 1_000 * 16 + (isFirst ? 1_000 * "activated\n".count : 1_000 * "limit_reached\n".count)
                    if !isFirst, count == 400_000, start == 0 {
                        expected += 1_000 * ("already_activated".count - "limit_reached".count)
                    }
                    try worker.write(contacts.joined(separator: "\n") + "\n")
                }
                #expect(try await eventually(within: .seconds(120)) { worker.outputBytes == expected })
                peaks.append(worker.peakMemory)
            }
            worker.closeInput()
            #expect(try await worker.wait().status == 3)
            // 400,000 lines are 6 MB of input and 12 MB of output; neither is kept.
            #expect(peaks[0] > 0 && peaks[1] - peaks[0] < 6 * 1024 * 1024, "\(peaks)")
        }
    }

    @Test func readerThatGoesAwayEndsItQuietly() async throws {
        try await withProgram { _, redis in
            let outcome = try await ChildProcess.run(
                [
                    "sh", "-c", #"seq 200000 2>/dev/null | "$0" activate acct --by campaign:x --from - | head -1"#,
                    Products.headcount,
                ],
                environment: ["HEADCOUNT_REDIS_URL": redis.url])
            #expect(outcome.output == "1\tactivated\n")
            #expect(outcome.errors == "")
        }
    }

    @Test func progressIsForTerminalsOnly() async throws {
        try await withProgram { program, redis in
            let piped = try await program.run("activate", "acct", "--by", "campaign:x", "--from", "-", input: "ann\n")
            #expect(piped.errors == "")
            let onTerminal = try await ChildProcess.run(
                [
                    "script", "-qec",
                    "seq 5000 | '\(Products.headcount)' activate acct --by campaign:x --from - >/dev/null", "/dev/null",
                ],
                environment: ["HEADCOUNT_REDIS_URL": redis.url, "TERM": "xterm"])
            #expect(onTerminal.output.contains("contacts"), "\(onTerminal.output)")
        }
    }
}
