internal import Mustache
internal import Headcount

/// Escapes for HTML by Unicode scalar. swift-mustache's own type compares characters, and so lets a `"` with a combining
/// mark through.
struct ScalarHTML: MustacheContentType {
    func escapeText(_ text: String) -> String {
        text.escapingScalars { scalar in
            switch scalar {
            case "&": "&amp;"
            case "<": "&lt;"
            case ">": "&gt;"
            case "\"": "&quot;"
            case "'": "&#39;"
            default: nil
            }
        }
    }
}
