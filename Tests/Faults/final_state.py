"""What Redis holds when all is over."""

import dataclasses
import time


@dataclasses.dataclass
class PeriodState:
    """One account's keys of one period."""

    members: set = dataclasses.field(default_factory=set)
    # Contacts whose slots are held, with the seconds that are left of their leases: below zero once they have ended.
    held: dict = dataclasses.field(default_factory=dict)
    # When this was read, by the machine's monotonic clock.
    at: float = 0.0
    # The sum of `DD:KIND:activated`.
    counted: int = 0
    # Keys without an expiry.
    immortal: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass
class FinalState:
    """`periods` by account and period's name; `limits` as the plans in Redis have them."""

    periods: dict = dataclasses.field(default_factory=dict)
    limits: dict = dataclasses.field(default_factory=dict)


def read_final_state(connection_for, accounts, prefix="hc"):
    """Reads the keys of the accounts. `connection_for` an account answers whom to ask: something with `send`."""
    state = FinalState()
    for account in accounts:
        redis = connection_for(account)
        limit = redis.send("HGET", f"{prefix}:{{{account}}}:plan", "limit")
        if limit is not None:
            state.limits[account] = int(limit)
        start = f"{prefix}:{{{account}}}:"
        names = {key[len(start):].split(":")[0] for key in redis.scan(f"{start}20*")}
        for period in names:
            state.periods[account, period] = _period(redis, start + period)
    return state


def _period(redis, key):
    seconds, micros = redis.send("TIME")
    now = int(seconds) * 1000 + int(micros) // 1000
    held = redis.send("ZRANGE", f"{key}:held", 0, -1, "WITHSCORES")
    stats = redis.send("HGETALL", f"{key}:stats")
    keys = [key, f"{key}:held", f"{key}:holders", f"{key}:stats", f"{key}:refused"]
    return PeriodState(
        members=set(redis.send("SMEMBERS", key)),
        held={contact: (float(end) - now) / 1000 for contact, end in zip(held[::2], held[1::2])},
        at=time.monotonic(),
        counted=sum(int(count) for field, count in zip(stats[::2], stats[1::2]) if field.endswith(":activated")),
        immortal=[each for each in keys if redis.send("TTL", each) == -1],
    )
