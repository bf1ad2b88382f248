internal import NIOCore
internal import NIOPosix

/// Why an attempt to connect failed, in words for a person.
enum ConnectFailure {
    static func describe(_ error: any Error) -> String {
        switch error {
        case let error as NIOConnectionError:
            if let lookup = error.dnsAError ?? error.dnsAAAAError, error.connectionErrors.isEmpty {
                return "the host name can't be resolved (\(lookup))"
            }
            return error.connectionErrors.first.map { describe($0.error) } ?? "no address to try"
        case let error as IOError:
            return error.localizedReason
        case ChannelError.connectTimeout(let time):
            return "no connection within \(time.nanoseconds / 1_000_000) ms"
        default:
            return String(describing: error)
        }
    }
}

extension IOError {
    fileprivate var localizedReason: String {
        switch errnoCode {
        case 111, 61: "connection refused"
        case 2: "no such socket"
        case 13: "permission denied"
        default: description
        }
    }
}
