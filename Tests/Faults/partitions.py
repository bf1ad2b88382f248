"""A Redis Cluster in which a node can be cut off from the others, though clients still reach it."""

from redis_cluster import Cluster, ClusterNode
from redis_deployment import Deployment

from proxy import REPLIES, REQUESTS, Proxy

BOTH_WAYS = frozenset({REQUESTS, REPLIES})


class ProxiedNode(ClusterNode):
    """Announces proxies in front of its port and its bus, and speaks to the others from an address of its own, by which
    they know it."""

    def __init__(self, number, *arguments):
        super().__init__(*arguments)
        self.own_port, self.own_bus_port = self.port, self.bus_port
        self.own_address = f"127.0.1.{number + 1}"
        self.proxies = [Proxy(self.own_port), Proxy(self.own_bus_port)]
        self.port, self.bus_port = (proxy.port for proxy in self.proxies)

    @property
    def listening(self):
        return ["--port", str(self.own_port), "--cluster-enabled", "yes", "--cluster-port", str(self.own_bus_port),
                "--cluster-announce-ip", "127.0.0.1", "--cluster-announce-port", str(self.port),
                "--cluster-announce-bus-port", str(self.bus_port), "--bind-source-addr", self.own_address]

    def close(self):
        for proxy in self.proxies:
            proxy.close()
        super().close()


class PartitionableCluster(Cluster):
    """Needs Redis 7.0."""

    def __init__(self, *arguments, masters=3, node_timeout=2_000):
        arguments = ("--cluster-node-timeout", str(node_timeout), *arguments)
        self.nodes = [ProxiedNode(number, *arguments) for number in range(2 * masters)]
        self.url = "redis-cluster://" + ",".join(node.address for node in self.nodes[:masters])
        self._introduce(masters)
        Deployment.__init__(self, self.nodes)

    def isolate(self, node):
        """What it and the other nodes say to each other doesn't arrive until `heal`."""
        others = [each for each in self.nodes if each is not node]
        for proxy in node.proxies:
            proxy.behave(holds=BOTH_WAYS, only_from=frozenset(each.own_address for each in others))
        for proxy in (proxy for each in others for proxy in each.proxies):
            proxy.behave(holds=BOTH_WAYS, only_from=frozenset({node.own_address}))

    def heal(self):
        for proxy in (proxy for node in self.nodes for proxy in node.proxies):
            proxy.behave()
