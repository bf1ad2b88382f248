/// What a server is to the client that connects to it.
enum ServerRole: Equatable {
    /// It has the data.
    case data
    /// A Sentinel named it as the master, which it has to confirm.
    case namedMaster
    /// It tells which server is the master.
    case sentinel
}
