internal import Foundation

/// A line of a backup.
package enum BackupLine: Hashable, Sendable {
    case header(BackupHeader)
    case page(BackupPage)
    case end(BackupEnd)

    /// Longest line that is read or written, in bytes.
    package static let maximumBytes = 64 * 1024 * 1024

    /// The line with its end.
    package func bytes() throws -> [UInt8] {
        let data =
            switch self {
            case .header(let header): try JSONText.data(header)
            case .page(let page): try JSONText.data(page)
            case .end(let end): try JSONText.data(end)
            }
        return Array(data) + [UInt8(ascii: "\n")]
    }

    /// Reads a line, without its end. What comes back has no ``BackupPage/fault``.
    ///
    /// - Throws: what is wrong, to follow the words "line 7".
    package init(_ line: [UInt8]) throws(BackupFault) {
        // Foundation would take text with NULs for UTF-16 or UTF-32.
        guard !line.contains(0), String(validating: line, as: UTF8.self) != nil else {
            throw BackupFault("is no JSON text in UTF-8")
        }
        let data = Data(line)
        let decoder = JSONDecoder()
        if let page = try? decoder.decode(BackupPage.self, from: data) {
            self = .page(page)
        } else if let end = try? decoder.decode(BackupEnd.self, from: data), end.end {
            self = .end(end)
        } else if let header = try? decoder.decode(BackupHeader.self, from: data) {
            self = .header(header)
        } else if let stub = try? decoder.decode(Stub.self, from: data), stub.format != BackupHeader.currentFormat {
            throw BackupFault(
                "has format \(stub.format), and this version reads \(BackupHeader.currentFormat) only; use the version of "
                    + "headcount that made the backup, or a later one")
        } else {
            throw BackupFault("is no line of a backup")
        }
        switch self {
        case .header(let header): if let fault = header.fault { throw BackupFault(fault) }
        case .page(let page): if let fault = page.fault { throw BackupFault(fault) }
        case .end: break
        }
    }

    /// As much of a header as any version's has.
    private struct Stub: Decodable {
        let headcount: String
        let format: Int
    }
}

/// What is wrong with a line of a backup.
package struct BackupFault: Error, Hashable, Sendable {
    package let text: String

    init(_ text: String) { self.text = text }
}
