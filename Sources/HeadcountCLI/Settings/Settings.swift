import Configuration
import Foundation
import Headcount

/// What the program is set up with. A flag wins over the environment, the environment over the YAML file of `--config`,
/// and that over the default.
struct Settings {
    private let reader: ConfigReader
    /// The settings that the file has.
    let fileKeys: [SettingsKey]

    /// - Parameters:
    ///   - flags: what was given on the command line.
    ///   - file: the YAML file's path; nil: that of `HEADCOUNT_CONFIG`, if any.
    init(flags: [SettingsKey: ConfigContent], file: String?) async throws {
        // An empty variable is as good as none.
        let environment = ProcessInfo.processInfo.environment.filter { !$0.value.isEmpty }
        let given = flags.map { (AbsoluteConfigKey($0.key.configKey), ConfigValue($0.value, isSecret: false)) }
        var providers: [any ConfigProvider] = [
            InMemoryProvider(values: Dictionary(uniqueKeysWithValues: given)),
            EnvironmentVariablesProvider(environmentVariables: environment).prefixKeys(with: ["headcount"]),
        ]
        var fileKeys: [SettingsKey] = []
        if let path = file ?? environment["HEADCOUNT_CONFIG"] {
            let file = try await SettingsFile(path)
            providers.append(file.provider)
            fileKeys = file.keys
        }
        self.fileKeys = fileKeys
        reader = ConfigReader(providers: providers)
    }

    func text(_ key: SettingsKey) async throws -> String? {
        try await value(key, "text") { try await reader.fetchString(forKey: $0) }
    }

    func secret(_ key: SettingsKey) async throws -> String? {
        try await value(key, "text") { try await reader.fetchString(forKey: $0, isSecret: true) }
    }

    func flag(_ key: SettingsKey) async throws -> Bool? {
        try await value(key, "true or false") { try await reader.fetchBool(forKey: $0) }
    }

    func integer(_ key: SettingsKey) async throws -> Int? {
        try await value(key, "a whole number") { try await reader.fetchInt(forKey: $0) }
    }

    func number(_ key: SettingsKey) async throws -> Double? {
        try await value(key, "a number") { try await reader.fetchDouble(forKey: $0) }
    }

    func texts(_ key: SettingsKey) async throws -> [String]? {
        try await value(key, "a list") { try await reader.fetchStringArray(forKey: $0) }
    }

    func integers(_ key: SettingsKey) async throws -> [Int]? {
        try await value(key, "a list of whole numbers") { try await reader.fetchIntArray(forKey: $0) }
    }

    /// A value that can't be used.
    static func fault(_ key: SettingsKey, _ value: String, _ reason: String) -> Failure {
        Failure("\(key.name) (\(key.variable)) '\(value.printable)': \(reason)", .usage)
    }

    private func value<Value>(
        _ key: SettingsKey, _ kind: String, _ fetch: (ConfigKey) async throws -> Value?
    ) async throws -> Value? {
        do {
            return try await fetch(key.configKey)
        } catch {
            throw Self.fault(key, reader.string(forKey: key.configKey) ?? "…", "give \(kind)")
        }
    }
}
