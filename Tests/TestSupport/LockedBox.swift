import Synchronization

/// A value that any thread may read and set.
public final class LockedBox<Value: Sendable>: Sendable {
    private let storage: Mutex<Value>

    /// A box with a first value.
    public init(_ value: Value) {
        storage = Mutex(value)
    }

    /// The value now.
    public var value: Value {
        get { storage.withLock { $0 } }
        set { storage.withLock { $0 = newValue } }
    }
}
