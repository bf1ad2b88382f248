"""What is under test: Headcount's services, which share a Redis of some kind, and perhaps a proxy between them."""

import contextlib
import re

from redis_servers import Cluster, Sentinel, Standalone
from service import Service, make_key

from partitions import PartitionableCluster
from proxy import Proxy
from resp import Connection, RedisError

# Seconds that a service waits for Redis.
TIMEOUT = 1
SERVICES = 3
# After how many milliseconds without an answer a replica takes a master's place.
SILENCE = 2_000
# Nothing may be lost that was acknowledged by a server which has its disk.
DURABLE = ["--appendfsync", "always", "--aof-load-truncated", "yes"]


class System:
    """A Redis and the services that share it."""

    name = ""
    # The parts of the slots that can fail apart from each other.
    shards = 1

    def __init__(self, redis, url=None, durability=None):
        self.redis = redis
        self.key = make_key(redis)
        self.durability = durability
        if durability:
            self.name += f", {durability}"
        self._arguments = ["--timeout", TIMEOUT, *(["--durability", durability] if durability else [])]
        self.services = [Service(url or redis.url, *self._arguments) for _ in range(SERVICES)]
        self._connections = contextlib.ExitStack()

    @property
    def urls(self):
        return [service.url for service in self.services]

    def restart(self, service):
        """Another process in the place of one that has died, at the same address."""
        index = self.services.index(service)
        service.close()
        address = service.url.removeprefix("http://")
        self.services[index] = Service(service.redis_url, *self._arguments, "--listen", address)

    def reader(self):
        """Connects an account's name to the server that has its keys now."""
        connections = {}

        def connection(port):
            if port not in connections:
                connections[port] = self._connections.enter_context(Connection(port))
            return connections[port]

        first = connection(self.redis.masters[0].port)

        def connection_for(account):
            try:
                first.send("EXISTS", f"hc:{{{account}}}:plan")
            except RedisError as error:
                return connection(int(re.fullmatch(r"MOVED \d+ .*:(\d+)", str(error))[1]))
            return first

        return connection_for

    def close(self):
        self._connections.close()
        for service in self.services:
            service.close()
        self.redis.close()


class StandaloneSystem(System):
    """One redis-server, with a proxy in front of it if need be."""

    name = "standalone"

    def __init__(self, has_proxy=False, clock=None):
        self.clock = clock
        redis = Standalone(*DURABLE, environment=clock.environment if clock else None)
        self.proxy = Proxy(redis.port) if has_proxy else None
        super().__init__(redis, f"redis://127.0.0.1:{self.proxy.port}" if has_proxy else None)

    def close(self):
        super().close()
        if self.proxy:
            self.proxy.close()
        if self.clock:
            self.clock.close()


class ClusterSystem(System):
    """Three masters, a replica each."""

    name = "cluster"
    shards = 3

    def __init__(self, has_proxy=False, durability=None, silence=SILENCE):
        kind = PartitionableCluster if has_proxy else Cluster
        super().__init__(kind(*DURABLE, node_timeout=silence), durability=durability)


class SentinelSystem(System):
    """A master, two replicas, three sentinels."""

    name = "sentinel"

    def __init__(self, durability=None):
        super().__init__(Sentinel(*DURABLE, down_after=SILENCE), durability=durability)


def make_system(fault, durability=None):
    """What the fault is to be done to."""
    if fault.system == "cluster":
        return ClusterSystem(fault.has_proxy, durability, fault.silence)
    if fault.system == "sentinel":
        return SentinelSystem(durability)
    return StandaloneSystem(fault.has_proxy, fault.make_clock())
