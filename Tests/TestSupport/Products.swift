import Foundation

/// What the package builds.
public enum Products {
    /// The `headcount` command, built beside the tests.
    public static let headcount: String = {
        let tests = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appending(path: "headcount").path
    }()
}
