import Crypto
import Foundation
import Headcount
import RedisClient

/// A user of Redis who may do what some commands of `headcount` need, and nothing else: what `doctor --acl` prints.
struct RedisUser: Encodable {
    let user: String
    /// The commands of `headcount` that it is for.
    let commands: [String]
    /// The scripts of `lua/` that they run.
    let scripts: [String]
    /// The Redis commands that it may call, the scripts' among them.
    let permissions: [String]
    /// For redis-cli.
    let line: String

    /// - Parameters:
    ///   - url: where Redis is: how it is reached decides what is asked beyond the commands' own needs. Its user and password
    ///     become this user's, the password as its SHA-256.
    ///   - configuration: what all keys begin with, and whether replicas are waited for.
    ///   - suffix: what tells this user's name from others'.
    init(for needs: [RedisNeeds], url: RedisURL, configuration: LimiterConfiguration, suffix: String = "") {
        user = (url.user ?? "headcount") + suffix
        commands = needs.map(\.command)
        scripts = Set(needs.flatMap(\.scripts)).sorted()
        var permissions = Self.permissions(of: url)
        if case .replicated = configuration.durability { permissions.insert("wait") }
        if case .cluster = url.topology { permissions.formUnion(needs.flatMap(\.sendsToClusters)) }
        self.permissions = needs.reduce(into: permissions) { $0.formUnion($1.permissions) }.sorted()
        let password = url.password.map { "#" + Hexadecimal.text(SHA256.hash(data: Data($0.utf8))) }
        let rules = ["reset", "on", password ?? ">PASSWORD", "~\(configuration.prefix):*", "resetchannels", "-@all"]
        line = (["ACL", "SETUSER", user] + rules + self.permissions.map { "+\($0)" }).joined(separator: " ")
    }

    /// What connections ask to such an address.
    private static func permissions(of url: RedisURL) -> Set<String> {
        let database: Set = url.database == 0 ? [] : ["select"]
        return switch url.topology {
        case .standalone: database
        case .cluster: ["asking", "cluster|slots"]
        case .sentinel: database.union(["role"])
        }
    }
}
