import ArgumentParser
import Foundation

/// `--yes`, for every command that can't be undone.
struct ConsentOptions: ParsableArguments {
    @Flag(help: "Don't ask. Has to be given where there is no terminal to ask on.")
    var yes = false

    /// Asks on a terminal, and ends the program unless the answer is yes.
    func ask(_ question: String) throws {
        if yes { return }
        guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else {
            throw Failure("this can't be undone, and there is no terminal to ask on: give --yes", .usage)
        }
        Terminal.show("\(question) (y/N) ")
        let answer = readLine() ?? ""
        guard ["y", "yes"].contains(answer.trimmingCharacters(in: .whitespaces).lowercased()) else {
            throw Failure("nothing was done", .failure)
        }
    }
}
