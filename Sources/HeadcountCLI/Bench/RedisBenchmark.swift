import EmbeddedRedis
import Foundation
import Headcount

/// redis-benchmark sending a script with the keys and arguments that Headcount sends: what this Redis can do at most with
/// so many contacts in a call.
struct RedisBenchmark {
    let socketPath: String
    var script = BenchScript.activate
    /// 1, or any other number for as many as ``range`` says.
    let accounts: Int
    /// Accounts and contacts are drawn from so many each.
    var range = 10_000
    let contactsInACall: Int

    /// Clients and commands in a row that serve it best on this machine.
    struct Pipelining {
        let clients: Int
        let depth: Int
    }

    /// Contacts a second.
    func run(calls: Int, _ pipelining: Pipelining) throws -> Double {
        let call = script.call(
            account: accounts == 1 ? "bench_hot" : "bench__rand_int__",
            contacts: Array(repeating: "c__rand_int__", count: contactsInACall))
        let output = try WorkerProcess.output(
            of: [
                "redis-benchmark", "-s", socketPath, "-n", String(calls), "-c", String(pipelining.clients),
                "-P", String(pipelining.depth), "-r", String(range), "--csv",
            ] + call)
        // "test","rps","avg_latency_ms",… and then the figures.
        guard let fields = output.split(separator: "\n").last?.components(separatedBy: "\",\""), fields.count > 2,
            let rate = Double(fields[1])
        else { throw Failure("redis-benchmark gave no figures: \(output)", .failure) }
        return rate * Double(contactsInACall)
    }

    func bestPipelining(calls: Int) throws -> Pipelining {
        let candidates = [(8, 16), (8, 64), (32, 16), (32, 64)].map { Pipelining(clients: $0, depth: $1) }
        let rates = try candidates.map { try run(calls: calls, $0) }
        return zip(candidates, rates).max { $0.1 < $1.1 }?.0 ?? candidates[0]
    }
}
