"""The stage on which a fault appears: the system under load, and a record of what was done to it."""

import contextlib
import dataclasses
import time


@dataclasses.dataclass
class Scene:
    system: object
    load: object
    # How long what is done lasts, where that is up to the fault, in seconds.
    length: float
    # In the full form.
    is_thorough: bool = False
    # Spans of time in which Redis can't have decided anything.
    outages: list = dataclasses.field(default_factory=list)
    injected: int = 0
    # (account, period, contact) that were cut off Redis's file.
    cut: set = dataclasses.field(default_factory=set)
    # What is worth knowing beside the numbers.
    notes: list = dataclasses.field(default_factory=list)

    @property
    def redis(self):
        return self.system.redis

    @property
    def proxy(self):
        return self.system.proxy

    def open_accounts(self):
        """Names of the accounts that the load is mostly about now."""
        elapsed = time.monotonic() - self.load.begins
        return [account.name for account in self.load.accounts if account.opens <= elapsed < account.closes]

    def pause(self, seconds=None):
        """Lets the load go on."""
        time.sleep(self.length if seconds is None else seconds)

    @contextlib.contextmanager
    def outage(self):
        """What begins after this and ends before it is over can't be decided."""
        begin = time.monotonic()
        yield
        self.outages.append((begin, time.monotonic()))

    def repeatedly(self, action, every):
        """For the fault's length."""
        end = time.monotonic() + self.length
        while time.monotonic() < end:
            action()
            self.injected += 1
            time.sleep(every)
