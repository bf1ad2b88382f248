"""A Redis Cluster."""

import binascii
import re
import secrets

from ports import free_port
from redis_deployment import Deployment
from redis_server import RedisServer
from waiting import eventually

SLOTS = 16_384
# Commands without a key, that are asked of every master; all else without a key is asked of one.
_OF_EVERY_MASTER = {
    "ACL", "CLIENT", "CONFIG SET", "CONFIG RESETSTAT", "DBSIZE", "FLUSHALL", "FLUSHDB", "KEYS", "PING", "SCRIPT",
    "--scan"}
# Commands with any number of keys, each of which is asked for by itself.
_OF_MANY_KEYS = {"DEL", "EXISTS", "TOUCH", "UNLINK"}


def slot_of(key):
    """A key's hash slot."""
    key = key.encode() if isinstance(key, str) else key
    tag = re.search(rb"^[^{]*\{([^}]+)\}", key)
    return binascii.crc_hqx(tag[1] if tag else key, 0) % SLOTS


class ClusterNode(RedisServer):
    """A node, which knows of the others from its start."""

    def __init__(self, *arguments, environment=None):
        super().__init__(*arguments, environment=environment)
        self.id = secrets.token_hex(20)
        self.bus_port = free_port()

    @property
    def listening(self):
        return [*super().listening, "--cluster-enabled", "yes", "--cluster-port", str(self.bus_port)]

    def myself(self):
        """Its own line of CLUSTER NODES, as words."""
        lines = (line.split() for line in self.cli("CLUSTER", "NODES", check=False).splitlines())
        return next((words for words in lines if "myself" in words[2].split(",")), None)

    def is_replica(self):
        words = self.myself()
        return words is not None and "slave" in words[2].split(",")

    def serves_all_slots(self):
        return "cluster_state:ok" in self.cli("CLUSTER", "INFO", check=False)


class Cluster(Deployment):
    """Masters with one replica each.

    `node_timeout` is after how many milliseconds without an answer a master's replica takes its place.
    """

    description = "a cluster of three masters and three replicas"

    def __init__(self, *arguments, environment=None, masters=3, node_timeout=2_000):
        arguments = ("--cluster-node-timeout", str(node_timeout), *arguments)
        self.nodes = [ClusterNode(*arguments, environment=environment) for _ in range(2 * masters)]
        self.url = "redis-cluster://" + ",".join(node.address for node in self.nodes[:masters])
        self._introduce(masters)
        super().__init__(self.nodes)

    def _introduce(self, masters):
        """Writes each node's idea of the cluster, which takes many rounds of gossip otherwise."""
        for node in self.nodes:
            lines = []
            for number, other in enumerate(self.nodes):
                is_replica = number >= masters
                flags = ("myself," if other is node else "") + ("slave" if is_replica else "master")
                master = self.nodes[number - masters].id if is_replica else "-"
                epoch = number % masters + 1
                slots = "" if is_replica else f" {SLOTS * number // masters}-{SLOTS * (number + 1) // masters - 1}"
                address = f"{other.address}@{other.bus_port}"
                lines.append(f"{other.id} {address} {flags} {master} 0 0 {epoch} connected{slots}")
            lines.append(f"vars currentEpoch {masters} lastVoteEpoch 0")
            (node.configuration.parent / "nodes.conf").write_text("\n".join(lines) + "\n")

    def wait_until_well(self, within=30):
        """Until the nodes that run serve all slots, and the replicas among them get what their masters get."""
        def is_well():
            running = self._answering
            return all(node.serves_all_slots() for node in running) and (
                sum(node.replicas_online() for node in running) == sum(node.is_replica() for node in running))

        assert eventually(is_well, within), [node.cli("CLUSTER", "NODES", check=False) for node in self._answering]

    @property
    def _answering(self):
        return [node for node in self.nodes if node.is_answering]

    def _owners(self):
        """The master of each slot. Of two that believe they are, the one that became it later."""
        owners = {}
        claims = [(int(words[6]), node, words[8:]) for node in self._answering if (words := node.myself())]
        for _, node, ranges in sorted(claims, key=lambda claim: claim[0]):
            for text in ranges:
                # Those in brackets are on their way.
                if not text.startswith("["):
                    first, _, last = text.partition("-")
                    owners |= dict.fromkeys(range(int(first), int(last or first) + 1), node)
        return owners

    @property
    def masters(self):
        """Those that answer and have slots."""
        owners = set(self._owners().values())
        return [node for node in self.nodes if node in owners]

    @property
    def replicas(self):
        """Those that answer."""
        return [node for node in self._answering if node.is_replica()]

    def replica_of(self, master):
        return next(node for node in self.replicas if node.myself()[3] == master.id)

    def node_of(self, key):
        """The master that has a key."""
        return self._owners()[slot_of(key)]

    def cli(self, *command, check=True):
        """What redis-cli prints: of the node that has the key, or of all masters, as if they were one server."""
        words = [str(word) for word in command]
        name = words[0] if words[0].startswith("-") else words[0].upper()
        if name in _OF_MANY_KEYS and len(words) > 2:
            return _together([self.cli(name, key, check=check) for key in words[1:]])
        if not {name, f"{name} {words[1].upper()}" if len(words) > 1 else name}.isdisjoint(_OF_EVERY_MASTER):
            return _together([node.cli(*words, check=check) for node in self.masters])
        answering = self._answering
        assert answering or not check, "no node is running"
        return answering[0].cli("-c", *words, check=check) if answering else ""

    def feed(self, commands):
        """Runs commands, any number of them, one a line; the second word of each is its key."""
        owners, parts = self._owners(), {}
        for command in commands:
            parts.setdefault(owners[slot_of(command.split()[1].strip('"'))], []).append(command)
        for node, part in parts.items():
            node.feed(part)

    def fail_over(self, replica, *options):
        """Has a replica take its master's place; FORCE and TAKEOVER are for masters that don't answer."""
        assert replica.cli("CLUSTER", "FAILOVER", *options) == "OK"
        assert eventually(lambda: replica in self.masters), replica.log
        self.wait_until_well()

    def move_slot(self, slot, to):
        """Gives a slot and its keys to another master."""
        self.begin_move(slot, to)
        while self.move_keys(slot, to):
            pass
        self.end_move(slot, to)

    def begin_move(self, slot, to):
        """From here on, clients that look for a key which isn't there any more are sent to the slot's new master."""
        source = self._owners()[slot]
        assert to.cli("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id) == "OK"
        assert source.cli("CLUSTER", "SETSLOT", slot, "MIGRATING", to.id) == "OK"

    def move_keys(self, slot, to, count=100):
        """Moves some of the slot's keys; how many they were."""
        source = self._owners()[slot]
        keys = source.cli("CLUSTER", "GETKEYSINSLOT", slot, count).splitlines()
        if keys:
            answer = source.cli("MIGRATE", "127.0.0.1", to.port, "", 0, 5_000, "KEYS", *keys)
            # Whoever else has moved or removed them in the meantime.
            assert answer in ("OK", "NOKEY"), answer
        return len(keys)

    def end_move(self, slot, to):
        """Tells all masters whose the slot is, its new one first."""
        for node in [to] + [node for node in self.masters if node is not to]:
            assert node.cli("CLUSTER", "SETSLOT", slot, "NODE", to.id) == "OK"


def _together(answers):
    """Numbers are added up, what all say is said once, and all else is told one after the other."""
    if answers and all(re.fullmatch(r"\d+", answer) for answer in answers):
        return str(sum(map(int, answers)))
    return answers[0] if len(set(answers)) == 1 else "\n".join(filter(None, answers))
