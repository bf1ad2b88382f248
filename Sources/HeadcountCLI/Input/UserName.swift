import Foundation

/// Who runs the command, for what keeps the name of its author.
enum UserName {
    static var current: String {
        let name = NSUserName()
        return name.isEmpty ? "cli" : name
    }
}
