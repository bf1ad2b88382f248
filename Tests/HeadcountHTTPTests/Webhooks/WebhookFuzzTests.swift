import Headcount
import TestSupport
import Testing

@testable import HeadcountHTTP

/// Whatever arrives is read or refused, and crashes nothing.
@Suite struct WebhookFuzzTests {
    private static let bodies: [String] = [
        InstagramText.body(
            messaging:
                #""message":{"mid":"m_1","text":"h\u00e9\ud83c\udf89","attachments":[{"type":"image","payload":{"url":"u"}}]}"#
        ),
        InstagramText.body(messaging: #""message":{"mid":"m_1","text":"x","reply_to":{"story":{"url":"u","id":"1"}}}"#),
        InstagramText.body(messaging: #""postback":{"mid":"m_2","title":"Prices","payload":"PRICES"}"#),
        InstagramText.body(
            change: "comments", #"{"id":17870913679156914,"from":{"id":"1","username":"ann"},"text":"wow"}"#),
        InstagramText.body(#""field":"comments","value":[{"comment_id":"1","from":{"id":1.5e3},"media":{"id":null}}]"#),
        #"[{"object":"instagram","entry":[{"id":"0","time":-1,"changes":[{"field":"mentions","value":{"media_id":"1"}}]}]}]"#,
    ]
    private static let generic =
        #"{"events":[{"event":"message","contact":"ann","id":5,"text":"h\u00e9","at":1569262485,"details":{"a":"b"}}]}"#
    private static let pieces: [String] = [
        "{", "}", "[", "]", "\"", "\\", ",", ":", "null", "true", "\\u", "\\ud83c", "0", "-", "e", "1e999", "\u{0}",
        "é", " ",
        "\"id\":", "\"entry\":[", "{\"sender\":", "[[[[[[[[[[", "99999999999999999999",
    ]

    private func mutated(_ text: String, _ random: inout SeededRandom) -> [UInt8] {
        var bytes = Array(text.utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let index = Int.random(in: 0..<max(1, bytes.count), using: &random)
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.removeLast(bytes.count - min(index, bytes.count))
            case 1: bytes.removeFirst(min(index, bytes.count))
            case 2 where index < bytes.count: bytes[index] = UInt8.random(in: .min ... .max, using: &random)
            case 3 where index < bytes.count:
                bytes.removeSubrange(index..<min(bytes.count, index + Int.random(in: 1...8, using: &random)))
            case 4 where index < bytes.count:
                let end = min(bytes.count, index + Int.random(in: 1...64, using: &random))
                bytes.insert(contentsOf: Array(bytes[index..<end]), at: index)
            default:
                let piece = Self.pieces.randomElement(using: &random) ?? ""
                bytes.insert(contentsOf: Array(piece.utf8), at: min(index, bytes.count))
            }
        }
        return bytes
    }

    @Test func noBodyCrashesAnything() {
        var read = 0
        for seed in 0..<5_000 {
            var random = SeededRandom(seed: UInt64(seed))
            let bytes = mutated(Self.bodies.randomElement(using: &random) ?? "", &random)
            do {
                for update in try InstagramWebhook.updates(in: bytes) {
                    guard case .event(let event) = update.update else { continue }
                    #expect(update.entry?.isEmpty == false && !event.contact.isEmpty, "seed \(seed)")
                    #expect(event.id?.isEmpty != true && (event.text ?? "").utf8.count <= 4_096, "seed \(seed)")
                }
                read += 1
            } catch {
                #expect(error is Problem, "seed \(seed)")
            }
            _ = try? GenericWebhook.updates(in: mutated(Self.generic, &random))
        }
        // Otherwise only the JSON reader would have been tried.
        #expect(read > 100)
    }

    @Test func noPartOfABodyCrashesAnything() {
        for body in Self.bodies + [Self.generic] {
            let bytes = Array(body.utf8)
            for count in bytes.indices {
                let part = Array(bytes.prefix(count))
                #expect(throws: Problem.self) { try InstagramWebhook.updates(in: part) }
                #expect(throws: Problem.self) { try GenericWebhook.updates(in: part) }
            }
        }
    }

    @Test func hugeArraysAreRead() throws {
        let body = InstagramText.body(#""messaging":[\#(String(repeating: "5,", count: 300_000))5]"#)
        let updates = try InstagramText.updates(body)
        #expect(updates.count == 300_001 && updates.allSatisfy { $0.update == .ignored(.malformed) })
    }
}
