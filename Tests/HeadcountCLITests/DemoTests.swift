import Foundation
import TestSupport
import Testing

@Suite struct DemoTests {
    @Test func demoCountsExactly() async throws {
        let outcome = try await ChildProcess.run([Products.headcount, "demo"], within: .seconds(100))
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
        #expect(outcome.lines.filter { $0.hasSuffix("exact") }.count == 3)
        #expect(outcome.errors.contains("upgraded to 2,500"))
        #expect(outcome.output.contains("redis-cli -s"))
    }

    /// Nothing stays behind when the process that embeds a Redis is killed.
    @Test func embeddedRedisDiesWithItsParent() async throws {
        let parent = try ChildProcess([Products.headcount, "demo", "--hold"])
        #expect(try await eventually { parent.outputSoFar.hasSuffix("\n") })
        let parts = parent.outputSoFar.trimmingCharacters(in: .newlines).split(separator: "\t").map(String.init)
        let (server, directory) = (try #require(pid_t(parts[1])), parts[2])
        #expect(kill(server, 0) == 0)
        #expect(FileManager.default.fileExists(atPath: directory))
        parent.signal(SIGKILL)
        #expect(try await parent.wait().status == 128 + SIGKILL)
        #expect(try await eventually { kill(server, 0) != 0 })
        #expect(try await eventually { !FileManager.default.fileExists(atPath: directory) })
    }
}
