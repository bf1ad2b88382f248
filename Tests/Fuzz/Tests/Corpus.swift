import Foundation
import TestSupport

/// The inputs that are kept of a target, each a file of `Tests/Fuzz/Corpus/TARGET`.
struct Corpus {
    /// By name.
    let inputs: [(name: String, bytes: [UInt8])]
    private let words: [String]

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Corpus")

    static func folders() throws -> [String] { try names(in: folder) }

    init(_ target: FuzzTarget) throws {
        let folder = Self.folder.appending(path: target.name)
        inputs = try Self.names(in: folder).map { ($0, Array(try Data(contentsOf: folder.appending(path: $0)))) }
        words = target.words
    }

    private static func names(in folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { !$0.hasPrefix(".") }.sorted()
    }

    /// One of the inputs with a few changes.
    func mutation(using random: inout SeededRandom) -> [UInt8] {
        var bytes = inputs.randomElement(using: &random)?.bytes ?? []
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let index = Int.random(in: 0...bytes.count, using: &random)
            let end = min(bytes.count, index + Int.random(in: 0...16, using: &random))
            switch Int.random(in: 0..<6, using: &random) {
            case 0: bytes.removeSubrange(index..<end)
            case 1: bytes.insert(contentsOf: bytes[index..<end], at: index)
            case 2 where index < bytes.count: bytes[index] = .random(in: .min ... .max, using: &random)
            case 3: bytes.removeSubrange(index...)
            case 4: bytes.insert(contentsOf: inputs.randomElement(using: &random)?.bytes ?? [], at: index)
            default: bytes.insert(contentsOf: Array((words.randomElement(using: &random) ?? "").utf8), at: index)
            }
        }
        return bytes
    }
}
