/// What a sentinel says of the master it watches (`SENTINEL MASTER name`).
struct NamedMaster: Equatable {
    let address: ServerAddress
    /// Grows with each fail-over: of two sentinels the one that says more knows better.
    let epoch: Int

    init?(_ reply: RedisValue) {
        guard let fields = reply.fields, let host = fields["ip"], let port = fields["port"].flatMap({ Int($0) }),
            let epoch = fields["config-epoch"].flatMap({ Int($0) }), let address = ServerAddress(host: host, port: port)
        else { return nil }
        self.address = address
        self.epoch = epoch
    }
}
