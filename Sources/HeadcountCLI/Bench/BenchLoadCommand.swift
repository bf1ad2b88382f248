import ArgumentParser
import Foundation
import Headcount

/// One process of the growth runs of Benchmarks/growth.py: so many callers that activate one contact a call.
struct BenchLoadCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench-load", abstract: "One process of a load for measurements.", shouldDisplay: false)

    @Option var accounts = 1
    /// Contacts are drawn from so many for each account.
    @Option var members = 10_000
    @Option var callers = 1_024
    @Option var calls = 200_000
    /// Count all members before the load, so that none of its calls is new.
    @Flag var fill = false
    /// Say `ready` when connected and warm, and wait for a line on standard input: several processes begin together.
    @Flag var wait = false
    @Option var redis: String

    struct Output: Encodable {
        let rate: Double
        let p50Microseconds: Double
        let p99Microseconds: Double
        let peakResidentBytes: Int
        let cpuSeconds: Double
    }

    func run() async throws {
        let limiter = try await BenchServer.limiter(redis)
        let load = BenchLoad(limiter: limiter, accounts: accounts, contacts: members, callers: callers, name: "load")
        if fill {
            for account in load.accounts {
                _ = try await limiter.activate(load.contacts, in: account, by: .campaign("bench"))
            }
        }
        _ = try await load.run(calls: min(calls, 20_000))
        if wait {
            try Terminal.writeLine("ready")
            _ = readLine()
        }
        let latencies = LatencyRecord()
        let before = ProcessUse.now
        let rate = try await load.run(calls: calls, latencies)
        let use = ProcessUse.now
        let output = Output(
            rate: rate, p50Microseconds: latencies.histogram.microseconds(atPercentile: 50),
            p99Microseconds: latencies.histogram.microseconds(atPercentile: 99),
            peakResidentBytes: use.peakResidentBytes, cpuSeconds: use.cpuSeconds - before.cpuSeconds)
        try Terminal.write(JSONLine.text(output))
        await limiter.close()
    }
}

/// What this process has used so far.
private struct ProcessUse {
    let peakResidentBytes: Int
    let cpuSeconds: Double

    /// Not `ru_maxrss`, which a process inherits from the one that started it.
    private static var peakResident: Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        return status.firstMatch(of: /VmHWM:\s+(\d+) kB/).flatMap { Int($0.1) }.map { $0 * 1_024 } ?? 0
    }

    static var now: ProcessUse {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let times = [usage.ru_utime, usage.ru_stime]
        return ProcessUse(
            peakResidentBytes: peakResident,
            cpuSeconds: times.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 })
    }
}
