import Foundation
import Headcount
import HeadcountTesting
import Testing

/// The README's snippet, compiled and run, and the same to the letter.
@Suite struct ReadmeTests {
    @Test func snippetCompilesAndRuns() async throws {
        let redis = try await EmbeddedRedis.start()
        defer { redis.stop() }
        var sent = 0
        func send() { sent += 1 }
        func park() {}
        let url = redis.url
        // README begins
        let limiter = try await Limiter.connect(to: url)
        let decision = try await limiter.activate("17841400008460056", in: "acct_42", by: .campaign("spring"))
        switch decision.verdict {
        case .activated, .alreadyActivated, .notCounted: send()
        case .limitReached: park()
        }
        print("\(decision.used) of \(decision.limit), \(decision.remaining) left until \(decision.resetsAt)")
        // README ends
        #expect(sent == 1)
        await limiter.close()
    }

    @Test func readmeHasThatSnippet() throws {
        let here = URL(filePath: #filePath)
        let source = try String(contentsOf: here, encoding: .utf8)
        let snippet = try #require(
            source.split(separator: "// README begins\n").last?.split(separator: "        // README ends").first)
        let lines = snippet.split(separator: "\n").map { $0.dropFirst(8) }.joined(separator: "\n")
        let readme = try String(
            contentsOf: here.appending(path: "../../../README.md").standardizedFileURL, encoding: .utf8)
        #expect(readme.contains(lines.replacing("to: url", with: "to: \"redis://127.0.0.1:6379\"")))
    }
}
