import Configuration
import Foundation
import Headcount
import SystemPackage
import Yams

/// The YAML file of `--config`: every key in it has to be one that there is.
struct SettingsFile {
    let provider: any ConfigProvider
    /// The settings that it has.
    let keys: [SettingsKey]

    init(_ path: String) async throws {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Failure("can't read \(path): \(error.localizedDescription)", .badData)
        }
        do {
            let root = try Yams.compose(yaml: text)
            var keys: [SettingsKey] = []
            if let root, !Self.isNull(root) { try Self.check(root, at: [], in: path, into: &keys) }
            self.keys = keys
            // The provider takes nothing but a mapping.
            provider =
                keys.isEmpty
                ? InMemoryProvider(values: [:]) : try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure("\(path): \(error)", .badData)
        }
    }

    private static func check(
        _ node: Node, at place: [String], in path: String, into keys: inout [SettingsKey]
    ) throws {
        guard let mapping = node.mapping else {
            throw Failure("\(path): not a mapping of names to values", .badData)
        }
        for (key, value) in mapping {
            let place = place + [key.string ?? ""]
            let name = place.joined(separator: ".")
            let hasOthersBelow = SettingsKey.known.contains { $0.name.hasPrefix(name + ".") }
            if hasOthersBelow, isNull(value) { continue }
            if hasOthersBelow, value.mapping != nil {
                try check(value, at: place, in: path, into: &keys)
            } else if value.mapping == nil, SettingsKey.known.contains(where: { $0.matches(place) }) {
                keys.append(SettingsKey(name))
            } else {
                let line = key.mark.map { ", line \($0.line)" } ?? ""
                let known = SettingsKey.known.map(\.name).joined(separator: ", ")
                throw Failure(
                    "\(path)\(line): there is no setting '\(name.printable)'; known are \(known)", .badData)
            }
        }
    }

    private static func isNull(_ node: Node) -> Bool { node.null != nil }
}
