/// What a sentinel says of the master it watches: where it is (`SENTINEL GET-MASTER-ADDR-BY-NAME`), and of which fail-over it
/// knows (`SENTINEL MASTER`, which still names the old one for a second after the sentinel has promoted another).
struct NamedMaster: Equatable {
    let address: ServerAddress
    /// Grows with each fail-over: of two sentinels the one that says more knows better.
    let epoch: Int

    init?(address reply: RedisValue, master: RedisValue) {
        guard let parts = reply.elements, parts.count == 2, let host = parts[0].text, let port = parts[1].integer,
            let address = ServerAddress(host: host, port: port),
            let epoch = master.fields?["config-epoch"].flatMap({ Int($0) })
        else { return nil }
        self.address = address
        self.epoch = epoch
    }
}
