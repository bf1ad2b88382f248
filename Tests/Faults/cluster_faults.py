"""What befalls a Redis Cluster. One thing at a time: all is well again before the next."""

import contextlib
import random
import time

from redis_cluster import slot_of
from waiting import eventually

from fault import Fault
from resp import Connection


class ClusterFault(Fault):
    system = "cluster"
    strikes = 3
    # A master's place is taken after a while of silence only.
    seconds_in_short = 6
    patience = 10.0
    # After how many milliseconds a replica takes a master's place: not because the machine is busy.
    silence = 10_000

    @classmethod
    def durabilities(cls, is_full):
        return [None, "replicated:1"] if is_full else ["replicated:1"]

    def pick(self, scene):
        """A master, another each time, and its replica."""
        master = scene.redis.masters[scene.injected % scene.system.shards]
        return master, scene.redis.replica_of(master)

    def mend(self, scene):
        scene.redis.wait_until_well()


class FailOver(ClusterFault):
    """Redis replicates after it has answered: a replica that takes over may lack what its master acknowledged."""

    silence = 2_000

    def may_lose(self, system):
        return not system.durability


class MasterKilled(FailOver):
    name = "master killed, replica promoted, back"

    def strike(self, scene):
        master, replica = self.pick(scene)
        master.kill()
        scene.injected += 1
        wait_for_promotion(replica, scene)
        scene.pause()
        master.start()
        scene.redis.wait_until_well()


class MasterFrozen(FailOver):
    name = "master frozen, replica promoted, thawed"

    def strike(self, scene):
        master, replica = self.pick(scene)
        master.freeze()
        scene.injected += 1
        wait_for_promotion(replica, scene)
        scene.pause()
        master.thaw()
        scene.redis.wait_until_well()


class MasterPartitioned(FailOver):
    """Cut off from all other nodes: clients write to it until it notices."""

    name = "master cut off from the nodes, replica promoted, back"
    has_proxy = True

    def strike(self, scene):
        master, replica = self.pick(scene)
        scene.redis.isolate(master)
        scene.injected += 1
        wait_for_promotion(replica, scene)
        scene.pause()
        scene.redis.heal()
        scene.redis.wait_until_well()


class MasterRestarted(ClusterFault):
    """Faster than its replica takes its place, which is not to be mistaken for a fail-over: nothing is lost."""

    name = "master killed, started at once"

    def strike(self, scene):
        master, _ = self.pick(scene)
        master.kill()
        scene.injected += 1
        scene.pause(0.3)
        master.start()
        scene.redis.wait_until_well()

    def may_lose(self, system):
        return not system.durability


class ReplicaKilled(ClusterFault):
    name = "replica killed, started"

    def strike(self, scene):
        _, replica = self.pick(scene)
        replica.kill()
        scene.injected += 1
        scene.pause()
        replica.start()
        scene.redis.wait_until_well()


class ManualFailOver(ClusterFault):
    """The master waits until the replica has everything: nothing is lost."""

    name = "CLUSTER FAILOVER"

    def strike(self, scene):
        _, replica = self.pick(scene)
        scene.redis.fail_over(replica)
        scene.injected += 1
        scene.pause()


class TakeOver(FailOver):
    """The replica asks nobody."""

    name = "CLUSTER FAILOVER TAKEOVER"

    def strike(self, scene):
        _, replica = self.pick(scene)
        scene.redis.fail_over(replica, "TAKEOVER")
        scene.injected += 1
        scene.pause()


class Resharding(ClusterFault):
    """Slots of accounts that are asked about move to another master, key by key."""

    name = "slots moved (MOVED, ASK, TRYAGAIN)"
    seconds_in_short = 4

    @classmethod
    def durabilities(cls, is_full):
        return [None]

    def strike(self, scene):
        with contextlib.ExitStack() as stack:
            masters = {node: stack.enter_context(Connection(node.port)) for node in scene.redis.masters}
            for account in random.sample(scene.open_accounts(), 6):
                slot = slot_of(account)
                source = max(masters, key=lambda node: masters[node].send("CLUSTER", "COUNTKEYSINSLOT", slot))
                target = random.choice([node for node in masters if node is not source])
                self.move(slot, source, target, masters, scene)
                scene.injected += 1

    @staticmethod
    def move(slot, source, target, masters, scene):
        masters[target].send("CLUSTER", "SETSLOT", slot, "IMPORTING", source.id)
        masters[source].send("CLUSTER", "SETSLOT", slot, "MIGRATING", target.id)
        scene.pause(0.05)
        # One key at a time, so that for a while some are here and some there.
        while keys := masters[source].send("CLUSTER", "GETKEYSINSLOT", slot, 1):
            masters[source].send("MIGRATE", "127.0.0.1", target.port, keys[0], 0, 5_000)
            scene.pause(0.01)
        scene.pause(0.05)
        for node in [target, *(node for node in masters if node is not target)]:
            masters[node].send("CLUSTER", "SETSLOT", slot, "NODE", target.id)


def wait_for_promotion(replica, scene):
    """Notes how long Redis has taken for it."""
    begun = time.monotonic()
    assert eventually(lambda: replica.cli("ROLE", check=False).startswith("master"), within=30), replica.log
    scene.notes.append(f"promoted after {time.monotonic() - begun:.1f} s")
