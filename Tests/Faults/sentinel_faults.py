"""What befalls a master that sentinels watch."""

import time

from waiting import eventually

from fault import Fault


class SentinelFault(Fault):
    """Redis replicates after it has answered: a replica that takes over may lack what its master acknowledged."""

    system = "sentinel"
    # For a while after a fail-over, sentinels make no other one.
    strikes = 1
    seconds_in_short = 5
    patience = 20.0

    @classmethod
    def durabilities(cls, is_full):
        return [None, "replicated:1", "replicated:2"] if is_full else [None]

    def may_lose(self, system):
        # One of two replicas may be the one that is not promoted.
        return system.durability != "replicated:2"


class PrimaryKilled(SentinelFault):
    """Back again, it takes itself for the master until a sentinel has told it."""

    name = "master killed, replica promoted, back"

    def strike(self, scene):
        master = scene.redis.master
        master.kill()
        scene.injected += 1
        wait_for_promotion(master, scene)
        if scene.is_thorough:
            scene.pause()
            master.start()
            wait_until_demoted(master)


class PrimaryFrozen(SentinelFault):
    """Thawed, it takes itself for the master until a sentinel has told it."""

    name = "master frozen, replica promoted, thawed"

    def strike(self, scene):
        master = scene.redis.master
        master.freeze()
        scene.injected += 1
        wait_for_promotion(master, scene)
        scene.pause()
        master.thaw()
        if scene.is_thorough:
            wait_until_demoted(master)


class SentinelFailOver(SentinelFault):
    name = "SENTINEL FAILOVER"

    def strike(self, scene):
        before = scene.redis.master
        scene.redis.fail_over()
        scene.injected += 1
        if scene.is_thorough:
            wait_until_demoted(before)


def wait_for_promotion(before, scene):
    """Notes how long Redis has taken for it, until all sentinels say so."""
    begun = time.monotonic()
    scene.redis.wait_for_master_other_than(before, within=60)
    scene.notes.append(f"promoted after {time.monotonic() - begun:.1f} s")


def wait_until_demoted(server):
    assert eventually(lambda: server.cli("ROLE", check=False).startswith("slave"), within=40), server.log
