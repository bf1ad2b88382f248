"""The checker sees what is done to a real Redis behind Headcount's back, in the middle of a real load."""

from fault import Fault
from load import Shape
from resp import Connection
from systems import StandaloneSystem
from trial import Trial
from violations import Kind

PERIOD = "*-[0-9][0-9]"


class Sabotage(Fault):
    """Each thing to another account."""

    name = "sabotage"

    def strike(self, scene):
        with Connection(scene.redis.port) as redis:
            # Those that are full.
            accounts = [
                (account.name, key) for account in scene.load.accounts if account.limit >= 7
                for key in redis.scan(f"hc:{{{account.name}}}:{PERIOD}") if redis.send("SCARD", key) == account.limit]
            (self.robbed, robbed), (self.stuffed, stuffed), (self.raised, raised), (self.held, held) = accounts[:4]
            redis.send("SREM", robbed, redis.send("SRANDMEMBER", robbed))
            redis.send("SADD", stuffed, "nobody")
            redis.send("HSET", raised.rsplit(":", 1)[0] + ":plan", "limit", 1_000)
            redis.send("SREM", held, redis.send("SRANDMEMBER", held))
            redis.send("ZADD", f"{held}:held", "9999999999999", "nobody")
            scene.injected += 4


def test_the_checker_sees_what_is_done_behind_its_back():
    sabotage, system = Sabotage(), StandaloneSystem()
    try:
        violations = Trial(sabotage, system, Shape(3.0), rounds=1, length=0.5).run().violations
    finally:
        system.close()
    found = {(violation.account, violation.kind) for violation in violations}
    assert {
        (sabotage.robbed, Kind.LOST_COUNT),
        (sabotage.stuffed, Kind.SET_OVER_LIMIT), (sabotage.stuffed, Kind.UNASKED_MEMBER),
        (sabotage.stuffed, Kind.CONTRADICTION),
        (sabotage.raised, Kind.OVER_ADMISSION), (sabotage.raised, Kind.LOST_PLAN),
        (sabotage.raised, Kind.SET_OVER_LIMIT),
        (sabotage.held, Kind.LOST_COUNT), (sabotage.held, Kind.LEAKED_SLOT),
    } <= found
    harmed = {sabotage.robbed, sabotage.stuffed, sabotage.raised, sabotage.held}
    assert {account for account, _ in found} == harmed, "and of nothing else does it complain"
