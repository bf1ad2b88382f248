internal import Mustache

/// A page's context: its own properties by their names, and those of its frame.
protocol Page: MustacheParent, Sendable {
    var frame: PageFrame { get }
}

extension Page {
    func child(named name: String) -> Any? {
        frame.child(named: name)
            ?? Mirror(reflecting: self).children.first { $0.label == name }.flatMap { child in
                let mirror = Mirror(reflecting: child.value)
                return mirror.displayStyle == .optional ? mirror.children.first?.value : child.value
            }
    }
}
