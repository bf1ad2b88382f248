"""One fault, done to one system under load, and what came of it."""

import dataclasses
import time

from waiting import eventually

from accounts import shard_of
from caller import Caller, until
from calls import ACTIVATE, ACTIVATED, MEMBER, RESERVE
from checker import check
from final_state import read_final_state
from load import Load
from scene import Scene
from violations import CONSEQUENCES_OF_LOSS, SIGNS_OF_LOSS, Kind

# For how long the load goes on after the last strike, in seconds, at least.
RECOVERY = 0.7


@dataclasses.dataclass
class Result:
    """A row of the report."""

    system: str
    fault: str
    clients: int
    services: int
    seconds: float
    injected: int = 0
    decisions: int = 0
    unavailable: int = 0
    unanswered: int = 0
    longest_gap: float = 0.0
    violations: list = dataclasses.field(default_factory=list)
    # Whether Redis itself may forget here what it has acknowledged.
    may_lose: bool = False
    notes: list = dataclasses.field(default_factory=list)

    @property
    def over_admissions(self):
        return sum(each.kind is Kind.OVER_ADMISSION for each in self.violations)

    @property
    def lost(self):
        """(account, period, contact) that somebody was told to be counted, and that Redis didn't know later."""
        signs = SIGNS_OF_LOSS if self.may_lose else {Kind.LOST_COUNT}
        return {(each.account, each.period, each.contact) for each in self.violations if each.kind in signs}

    @property
    def others(self):
        """Violations beside over-admissions and lost counts, and beside what follows from losses that may be."""
        if not self.may_lose:
            return [each for each in self.violations if each.kind not in (Kind.OVER_ADMISSION, Kind.LOST_COUNT)]
        # Where the limit itself was forgotten, another one holds.
        planless = {each.account for each in self.violations if each.kind is Kind.LOST_PLAN}
        return [each for each in self.violations if each.kind not in CONSEQUENCES_OF_LOSS
                and not (each.kind is Kind.SET_OVER_LIMIT and each.account in planless)]


class Trial:
    """Loads the system, strikes some times, lets everything recover, and checks."""

    def __init__(self, fault, system, shape, rounds, length, is_thorough=False):
        self.fault, self.system, self.shape, self.rounds = fault, system, shape, rounds
        self.is_thorough = is_thorough
        self.load = Load(system.urls, system.key, shape, fault.patience, system.shards)
        self.limits = {account.name: account.limit for account in self.load.accounts}
        self.scene = Scene(system, self.load, length, is_thorough)
        self.calls = []
        self.final = None

    def run(self):
        try:
            self._set_limits()
            self.load.start()
            for number in range(self.rounds):
                # Spread over the load; the last one early enough that the recovery is seen.
                wait_until(self.load.begins + self.shape.seconds * (number + 0.25) / (self.rounds + 0.2))
                self.fault.strike(self.scene)
            wait_until(max(self.load.begins + self.shape.seconds, time.monotonic() + RECOVERY))
            self.calls = self.load.stop()
            self.fault.mend(self.scene)
            wait_until(self._end_of_leases())
            self._ask_finally()
        finally:
            self.load.close()
        self.final = read_final_state(self.system.reader(), self.limits)
        return self.result()

    def result(self):
        return Result(
            self.system.name, self.fault.name, self.shape.processes * self.shape.threads, len(self.system.services),
            self.load.ends - self.load.begins, self.scene.injected,
            decisions=sum(len(call.verdicts) for call in self._loaded if call.is_decided),
            unavailable=sum(call.status == 503 for call in self._loaded),
            unanswered=sum(call.status == 0 for call in self._loaded), longest_gap=self._longest_gap(),
            violations=self.violations(), may_lose=self.fault.may_lose(self.system), notes=self.scene.notes)

    def violations(self):
        return check(
            self.calls, self.final, self.limits, self.scene.outages, leases_end=self.fault.leases_end,
            is_undisturbed=self.fault.is_undisturbed)

    @property
    def _loaded(self):
        return (call for call in self.calls if not call.is_final)

    def _set_limits(self):
        caller = Caller(self.system.urls, self.system.key)
        for account, limit in self.limits.items():
            assert eventually(lambda: caller.put_plan(account, limit) == 200), f"{account}'s limit couldn't be set"
        caller.close()

    def _end_of_leases(self):
        """When the short ones have ended, or all of them, so that no slot can be held any more."""
        ends = [call.ended + call.lease for call in self.calls
                if call.what == RESERVE and (self.is_thorough or call.lease <= self.shape.short_lease)]
        return max(ends, default=0.0) + 0.2

    def _ask_finally(self):
        """When all is quiet: everybody who was told to be counted passes, and exactly the limit is reached."""
        counted = {account.name: set() for account in self.load.accounts}
        for call in self.calls:
            for contact, verdict in zip(call.contacts, call.verdicts):
                if verdict in (ACTIVATED, MEMBER):
                    counted[call.account].add(contact)
        caller = Caller(self.system.urls, self.system.key, number=10_000, record=self.calls.append, is_final=True)
        asked_about = {call.account for call in self.calls}
        for account in (account for account in self.load.accounts if account.name in asked_about):
            for contacts in (sorted(counted[account.name]), account.newcomers):
                if contacts:
                    call = caller.insist(until(20), ACTIVATE, account.name, contacts)
                    assert call.is_decided, f"Redis is well, and still nothing is decided: {call}"
        caller.close()

    def _longest_gap(self):
        """The longest time without a decision, in whichever part of the slots it was longest."""
        times = [[self.load.begins] for _ in range(self.system.shards)]
        for call in sorted(self._loaded, key=lambda call: call.ended):
            if call.is_decided and call.ended <= self.load.ends:
                times[shard_of(call.account, self.system.shards)].append(call.ended)
        return max(later - earlier for each in times for earlier, later in zip(each, [*each[1:], self.load.ends]))


def wait_until(moment):
    time.sleep(max(0.0, moment - time.monotonic()))
