"""A Redis master with replicas, watched by Redis Sentinel."""

import secrets

from redis_deployment import Deployment
from redis_server import RedisServer
from waiting import eventually

MASTER_NAME = "headcount"
QUORUM = 2


class SentinelProcess(RedisServer):
    """A sentinel."""

    def __init__(self):
        super().__init__()
        self.id = secrets.token_hex(20)

    @property
    def command(self):
        return ["redis-server", str(self.configuration), "--sentinel"]

    def watch(self, settings, replicas, sentinels):
        """Tells it of the master, and of all others, whom it would find within seconds otherwise."""
        self.configuration.write_text("\n".join([
            f"port {self.port}", "bind 127.0.0.1", f"dir {self.directory}", f"sentinel myid {self.id}", *settings,
            *(f"sentinel known-replica {MASTER_NAME} 127.0.0.1 {replica.port}" for replica in replicas),
            *(f"sentinel known-sentinel {MASTER_NAME} 127.0.0.1 {other.port} {other.id}"
              for other in sentinels if other is not self)]) + "\n")

    def wait_until_it_answers(self):
        super().wait_until_it_answers()
        # Looks at the servers every second, not every ten, and makes a demoted master a replica as soon.
        self.cli("SENTINEL", "DEBUG", "INFO-PERIOD", 1_000, "PUBLISH-PERIOD", 500)

    def port_of_master(self):
        """Where the master is as far as it knows."""
        lines = self.cli("SENTINEL", "GET-MASTER-ADDR-BY-NAME", MASTER_NAME, check=False).splitlines()
        return int(lines[1]) if len(lines) == 2 else None

    def sees_all(self, replicas):
        """Whether all sentinels and all replicas are known to be well."""
        quorum = self.cli("SENTINEL", "CKQUORUM", MASTER_NAME)
        seen = self.cli("SENTINEL", "REPLICAS", MASTER_NAME)
        return quorum.startswith("OK 3 usable") and seen.count("master-link-status\nok") == replicas


class Sentinel(Deployment):
    """One master, two replicas, three sentinels.

    `down_after` is after how many milliseconds without an answer a sentinel takes a server for down.
    """

    description = "a master and two replicas, watched by three sentinels"

    def __init__(self, *arguments, environment=None, down_after=2_000):
        first = RedisServer(*arguments, environment=environment)
        self.servers = [first] + [
            RedisServer(*arguments, environment=environment, configuration=f"replicaof 127.0.0.1 {first.port}\n")
            for _ in range(2)]
        self.sentinels = [SentinelProcess() for _ in range(3)]
        self.url = "redis-sentinel://" + ",".join(each.address for each in self.sentinels) + f"/{MASTER_NAME}"
        settings = [
            f"sentinel monitor {MASTER_NAME} 127.0.0.1 {first.port} {QUORUM}",
            f"sentinel down-after-milliseconds {MASTER_NAME} {down_after}",
            f"sentinel failover-timeout {MASTER_NAME} 10000"]
        for each in self.sentinels:
            each.watch(settings, self.servers[1:], self.sentinels)
        self._last_known = first
        super().__init__(self.servers + self.sentinels)

    @property
    def master(self):
        """The present one, by what most sentinels that answer say."""
        ports = [each.port_of_master() for each in self.sentinels if each.is_answering]
        counted = sorted((ports.count(server.port), server.port, server) for server in self.servers)
        if counted[-1][0] > 0:
            self._last_known = counted[-1][2]
        return self._last_known

    @property
    def masters(self):
        return [self.master]

    @property
    def replicas(self):
        master = self.master
        return [server for server in self.servers if server is not master]

    def node_of(self, key):
        """The server that has a key."""
        return self.master

    def wait_until_well(self, within=30):
        """Until all that run know of each other, and all replicas have what the master has."""
        def is_well():
            replicas = sum(server.is_answering for server in self.replicas)
            return self.master.replicas_online() == replicas and all(
                each.sees_all(replicas) for each in self.sentinels if each.is_answering)

        assert eventually(is_well, within), self.sentinels[0].log

    def fail_over(self):
        """Has the sentinels promote a replica, and returns it."""
        before = self.master
        assert self.sentinels[0].cli("SENTINEL", "FAILOVER", MASTER_NAME) == "OK"
        return self.wait_for_master_other_than(before)

    def wait_for_master_other_than(self, server, within=30):
        """The new master, once every sentinel that answers says so, and itself."""
        def is_promoted():
            master = self.master
            told = {each.port_of_master() for each in self.sentinels if each.is_answering}
            return master is not server and told == {master.port} and (
                master.info("replication").get("role") == "master")

        assert eventually(is_promoted, within), self.sentinels[0].log
        return self.master

    def cli(self, *command, check=True):
        """What redis-cli prints at the present master."""
        master = self.master
        return master.cli(*command, check=check) if master.is_answering or check else ""

    def feed(self, commands):
        """Runs commands, any number of them, one a line."""
        self.master.feed(commands)
