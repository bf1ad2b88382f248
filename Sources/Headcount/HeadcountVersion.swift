/// The version of this package.
package enum HeadcountVersion {
    /// As in the command's `--version` and the API's description.
    package static let current = "0.1.0"
}
