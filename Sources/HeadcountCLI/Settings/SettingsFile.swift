import Configuration
import Foundation
import Headcount
import SystemPackage
import Yams

/// The YAML file of `--config`: every key in it has to be one that there is.
enum SettingsFile {
    static func provider(_ path: String) async throws -> any ConfigProvider {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Failure("can't read \(path.printable): \(error.localizedDescription)", .badData)
        }
        do {
            if let root = try Yams.compose(yaml: text) { try check(root, at: [], in: path) }
            return try await FileProvider<YAMLSnapshot>(filePath: FilePath(path))
        } catch let failure as Failure {
            throw failure
        } catch {
            throw Failure("\(path.printable): \(error)", .badData)
        }
    }

    private static func check(_ node: Node, at place: [String], in path: String) throws {
        guard let mapping = node.mapping else {
            guard place.isEmpty else { return }
            throw Failure("\(path.printable): not a mapping of names to values", .badData)
        }
        for (key, value) in mapping {
            let place = place + [key.string ?? ""]
            if value.mapping != nil,
                SettingsKey.known.contains(where: { $0.name.hasPrefix(place.joined(separator: ".") + ".") })
            {
                try check(value, at: place, in: path)
            } else if value.mapping != nil || !SettingsKey.known.contains(where: { $0.matches(place) }) {
                let line = key.mark.map { ", line \($0.line)" } ?? ""
                let known = SettingsKey.known.map(\.name).joined(separator: ", ")
                throw Failure(
                    "\(path.printable)\(line): there is no setting '\(place.joined(separator: ".").printable)'; known are \(known)",
                    .badData)
            }
        }
    }
}
