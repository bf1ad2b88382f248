import Foundation
import Testing

@testable import Headcount

/// What a backup's lines look like, and what is refused as none.
@Suite("Backup lines")
struct BackupLineTests {
    private static let bytes: [[UInt8]] = [
        [], Array("ann".utf8), Array("käthe 😀 \u{1}erased:ab".utf8), [0xFF, 0xFE, 0], [0], Array(0...255),
        Array("\u{FEFF}\u{2028}\u{0}\"\\/\r\n\t\u{7F}\u{85}".utf8), Array("e\u{301}".utf8), Array("\u{E9}".utf8),
        [0xED, 0xA0, 0x80], [0xC0, 0x80], Array("{\"base64\":\"AA==\"}".utf8),
    ]

    private static let pages: [BackupPage] = {
        let values = bytes.map(BackupBytes.init)
        func page(_ type: RedisType, _ elements: [[BackupBytes]], offset: Int = 0) -> BackupPage {
            BackupPage(
                key: StoredKey(account: "acct:a@b", name: "2026-11"), type: type, expires: 1_800_000_000_123, part: 2,
                offset: offset, elements: elements)
        }
        return [
            page(.set, values.map { [$0] }), page(.list, values.map { [$0] }, offset: 512),
            page(.string, [[BackupBytes(bytes[5])]]), page(.hash, values.map { [$0, $0] }),
            page(.zset, values.map { [$0, BackupBytes("1795500060000")] }),
            page(.stream, values.map { [BackupBytes("1795500000000-0"), $0, $0] }), page(.stream, []),
            BackupPage(
                key: StoredKey(account: nil, name: [0x61, 0xFF]), type: .hash, expires: nil, elements: []),
        ]
    }()

    @Test("what is written is read again", arguments: pages)
    func roundTrip(page: BackupPage) throws {
        let line = try BackupLine.page(page).bytes()
        #expect(line.last == UInt8(ascii: "\n"))
        #expect(!line.dropLast().contains(UInt8(ascii: "\n")))
        #expect(try BackupLine(line.dropLast()) == .page(page))
    }

    @Test("text is readable, and bytes that are none are base64")
    func readable() throws {
        let page = BackupPage(
            key: StoredKey(account: "acct_42", name: "2026-11"), type: .set, expires: 1_800_000_000_000,
            elements: [[BackupBytes("ann")], [BackupBytes([0xFF])]])
        #expect(
            String(decoding: try BackupLine.page(page).bytes(), as: UTF8.self) == """
                {"account":"acct_42","elements":["ann",{"base64":"/w=="}],"expires":1800000000000,"key":"2026-11","part":1,"type":"set"}

                """)
    }

    private static func backup(_ pages: [BackupPage] = pages) throws -> [[UInt8]] {
        var writer = BackupWriter()
        let began = Date(timeIntervalSince1970: 1_795_500_000)
        var lines = [try writer.header(BackupHeader(id: "b1", began: began, prefix: "hc", accounts: nil))]
        for page in pages { lines.append(try writer.page(page)) }
        lines.append(try writer.end())
        return lines.map { Array($0.dropLast()) }
    }

    private static func read(_ lines: [[UInt8]]) throws -> [BackupPage] {
        var reader = BackupReader()
        let pages = try lines.compactMap { try reader.read($0) }
        _ = try reader.finish()
        return pages
    }

    private static func message(_ lines: [[UInt8]]) -> String? {
        do {
            _ = try read(lines)
            return nil
        } catch {
            return (error as? HeadcountError).map { "\($0.code) \($0.message)" }
        }
    }

    @Test("a whole backup is taken")
    func whole() throws {
        #expect(try Self.read(Self.backup()) == Self.pages)
        #expect(try Self.read(Self.backup([])) == [])
    }

    @Test("a backup that lost lines, from whatever place on, is refused")
    func truncated() throws {
        let lines = try Self.backup()
        for count in 0..<lines.count {
            #expect(Self.message(Array(lines[..<count]))?.hasPrefix("invalidBackup") == true)
        }
        for missing in lines.indices {
            var rest = lines
            rest.remove(at: missing)
            #expect(Self.message(rest) != nil, "without line \(missing + 1)")
        }
    }

    @Test("a line that was changed is found, by its number where it is no line any more")
    func changed() throws {
        var lines = try Self.backup()
        lines[3] = Array("{\"key\":".utf8)
        #expect(Self.message(lines) == "invalidBackup line 4 is no line of a backup")
        lines = try Self.backup()
        lines[1] = Array(String(decoding: lines[1], as: UTF8.self).replacing("\"ann\"", with: "\"eve\"").utf8)
        #expect(Self.message(lines)?.contains("line 10 has another SHA-256") == true)
        lines = try Self.backup()
        lines.swapAt(1, 2)
        #expect(Self.message(lines) != nil)
        lines.append(lines[2])
        #expect(Self.message(lines) != nil)
    }

    @Test("another version of the format is named")
    func version() throws {
        var lines = try Self.backup()
        lines[0] = Array(String(decoding: lines[0], as: UTF8.self).replacing("\"format\":1", with: "\"format\":2").utf8)
        #expect(
            Self.message(lines)?.hasPrefix("invalidBackup line 1 has format 2, and this version reads 1 only") == true)
        lines[0] = Array(#"{"headcount":"backup","format":7}"#.utf8)
        #expect(Self.message(lines)?.hasPrefix("invalidBackup line 1 has format 7") == true)
    }

    @Test(
        "what no backup has is refused",
        arguments: [
            "", " ", "[]", "null", "{}", "{\"end\":true}", "\u{0}", "{\"headcount\":\"backup\"}",
            #"{"account":"a b","key":"plan","type":"hash","part":1,"elements":[]}"#,
            #"{"account":"a}:{b","key":"plan","type":"hash","part":1,"elements":[]}"#,
            #"{"account":"a","key":"","type":"hash","part":1,"elements":[]}"#,
            #"{"account":"a","key":"plan","type":"hash","part":0,"elements":[]}"#,
            #"{"account":"a","key":"plan","type":"hash","part":1,"elements":["x"]}"#,
            #"{"account":"a","key":"plan","type":"hash","part":1,"elements":[["x"]]}"#,
            #"{"account":"a","key":"plan","type":"hash","part":1,"elements":[["x","y","z"]]}"#,
            #"{"account":"a","key":"held","type":"zset","part":1,"elements":[["x","y"]]}"#,
            #"{"account":"a","key":"outbox","type":"stream","part":1,"elements":[["1-1","x"]]}"#,
            #"{"account":"a","key":"outbox","type":"stream","part":1,"elements":[["*","x","y"]]}"#,
            #"{"account":"a","key":"outbox","type":"stream","part":1,"elements":[["1-1"]]}"#,
            #"{"account":"a","key":"plan","type":"module","part":1,"elements":[]}"#,
            #"{"account":"a","key":"plan","type":"set","part":1,"elements":[{"base64":"?"}]}"#,
            #"{"account":"a","key":"plan","type":"set","part":1,"elements":[1]}"#,
            #"{"account":"a","key":"plan","type":"set","part":1,"expires":-1,"elements":[]}"#,
        ])
    func refused(text: String) throws {
        var lines = try Self.backup([])
        lines.insert(Array(text.utf8), at: 1)
        #expect(Self.message(lines)?.hasPrefix("invalidBackup line 2") == true, "\(text)")
    }

    @Test("any bytes are refused without a crash")
    func noise() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let noise = (0..<Int.random(in: 0...80)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            #expect(throws: BackupFault.self) { try BackupLine(noise) }
        }
    }

    @Test("lines come out whole, however the bytes come in", arguments: [1, 2, 7, 64, 100_000])
    func pieces(size: Int) throws {
        let lines = try Self.backup()
        let bytes = lines.flatMap { $0 + [UInt8(ascii: "\n")] }
        var splitter = BackupLineSplitter()
        var found: [[UInt8]] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            try splitter.append(Array(bytes[start..<min(bytes.count, start + size)]))
            while let line = splitter.next() { found.append(line) }
        }
        #expect(found == lines)
        #expect(splitter.rest == nil)
    }
}
