import Foundation
import Headcount

/// Reservation tokens, one a line. What 'headcount reserve' prints is fine, too: of a line with tabs, the last field is
/// the token, and lines without one are skipped.
enum TokenFile {
    /// All tokens of the file: none of them is settled unless all of them are well formed.
    ///
    /// - Parameter path: a path, or `-` for standard input.
    static func tokens(at path: String) throws -> [ReservationToken] {
        let file = try InputFile(path)
        var bytes: [UInt8] = []
        var piece = try file.read()
        while !piece.isEmpty {
            bytes += piece
            piece = try file.read()
        }
        var tokens: [ReservationToken] = []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (number, line) in zip(1..., lines) {
            let field = line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).last ?? []
            let text = String(decoding: field, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            if text.isEmpty { continue }
            do {
                tokens.append(try ReservationToken(text))
            } catch {
                throw Failure("\(file.name), line \(number): \(error.message)", .badData)
            }
        }
        return tokens
    }
}
