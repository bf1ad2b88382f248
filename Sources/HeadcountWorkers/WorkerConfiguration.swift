internal import Foundation
package import Headcount

/// What a worker is set up with.
public struct WorkerConfiguration: Sendable {
    /// Names the worker among all others: no spaces. By default of the machine, the process, and chance.
    public var name =
        "\(ProcessInfo.processInfo.hostName)-\(ProcessInfo.processInfo.processIdentifier)-\(UInt16.random(in: 0...UInt16.max))"
    /// Most contacts under way at a time in this worker, 1 to 10,000.
    public var concurrency = 256
    /// Most contacts under way at a time for an account, in all workers together, 1 to 10,000.
    public var accountConcurrency = 64
    /// Most sends a second for an account, in all workers together; nil: any number.
    public var accountRate: Double?
    /// How long a call of an action may take, above 0 and at most 600 seconds.
    public var actionTimeout: Duration = .seconds(10)
    /// How often a contact is attempted whose action says "later", 1 to 100.
    public var maximumAttempts = 8
    /// With what requests are signed; nil: not at all.
    public var signingSecret: String?

    /// What it carries out.
    package var automations = Set(AutomationKind.allCases)

    /// The defaults.
    public init() {}

    /// How long a contact, and its slot, are a worker's: longer than a call can take, and what comes before and after it.
    var lease: Duration { actionTimeout + .seconds(15) }

    var bounds: AutomationQueue.Bounds {
        AutomationQueue.Bounds(
            lease: lease, accountConcurrency: accountConcurrency, accountRate: accountRate ?? 0)
    }
}
