internal import Foundation

/// The lines of a child's standard output as they come, until it ends.
public struct ChildLines: AsyncSequence {
    let path: String
    let hasEnded: @Sendable () -> Bool

    /// Reads from the first line on.
    public func makeAsyncIterator() -> Iterator {
        Iterator(file: FileHandle(forReadingAtPath: path), hasEnded: hasEnded)
    }

    /// Reads the child's output file as it grows.
    public struct Iterator: AsyncIteratorProtocol {
        private let file: FileHandle?
        private let hasEnded: @Sendable () -> Bool
        private var unread = Data()

        fileprivate init(file: FileHandle?, hasEnded: @escaping @Sendable () -> Bool) {
            self.file = file
            self.hasEnded = hasEnded
        }

        /// The next line without its end; nil when the child has ended and all was read.
        public mutating func next() async throws -> String? {
            while true {
                if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                    defer { unread = unread[(end + 1)...] }
                    return String(decoding: unread[..<end], as: UTF8.self)
                }
                // In this order: after its end there is no more to come.
                let isLast = hasEnded()
                if let more = try file?.readToEnd(), !more.isEmpty {
                    unread += more
                } else if isLast {
                    defer { unread = Data() }
                    return unread.isEmpty ? nil : String(decoding: unread, as: UTF8.self)
                } else {
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        }
    }
}
