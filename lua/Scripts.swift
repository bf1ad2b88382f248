/// The sources of the scripts in this folder, compiled into the binary.
package enum ScriptSource {
    package static let activate = text(PackageResources.activate_lua)
    package static let check = text(PackageResources.check_lua)
    package static let index = text(PackageResources.index_lua)
    package static let plan = text(PackageResources.plan_lua)
    package static let usage = text(PackageResources.usage_lua)

    private static func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes, as: UTF8.self)
    }
}
