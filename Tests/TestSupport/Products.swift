import Foundation

/// What the package builds.
public enum Products {
    /// Where it is built: the folder of the program that runs the tests.
    static let directory = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()

    /// The `headcount` command, built beside the tests.
    public static let headcount = directory.appending(path: "headcount").path
}
