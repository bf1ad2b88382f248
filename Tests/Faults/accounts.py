"""Whom the load asks about: accounts that open one after the other, so that at any time some are filling up and some
are full, and whatever is done to Redis finds contacts at the edge of a limit."""

import binascii
import dataclasses
import random

# Limits in turn. The smallest are full at once, the largest while the account is open.
LIMITS = [60, 7, 150, 25, 300, 1, 90, 40]
STEP = 0.25
OPEN_FOR = 3.0
SLOTS = 16384


@dataclasses.dataclass
class Account:
    name: str
    limit: int
    # Seconds after the load began.
    opens: float
    closes: float

    @property
    def contacts(self):
        """About half as many again as may be activated; numbers in some accounts, as Redis stores them another way."""
        count = self.limit + self.limit // 2 + 4
        if len(self.name) % 2:
            return [str(17841400000000000 + number) for number in range(count)]
        return [f"contact-{number}" for number in range(count)]

    @property
    def newcomers(self):
        """Contacts that nobody asks about before the end: more than may be activated."""
        return [f"newcomer-{number}" for number in range(self.limit + 3)]


def conveyor(seconds, shards=1):
    """The accounts of a load. In turn, they are of each shard of the slots 0 to 16383."""
    accounts = []
    count = int((seconds + OPEN_FOR) / STEP)
    for number in range(count):
        opens = max(0.0, (number - OPEN_FOR / STEP + 1) * STEP)
        name = next(
            name for letters in range(1_000) for name in [f"acct_{number}_{letters}"]
            if shard_of(name, shards) == number % shards)
        accounts.append(Account(name, LIMITS[number % len(LIMITS)], opens, number * STEP + STEP))
    return accounts


def shard_of(account, shards):
    """Which part of the slots the account's keys are in, when all parts are about the same size."""
    return binascii.crc_hqx(account.encode(), 0) % SLOTS * shards // SLOTS


class Chooser:
    """What one client asks about next."""

    def __init__(self, accounts, seed):
        self._accounts = accounts
        self._contacts = {account.name: account.contacts for account in accounts}
        self.random = random.Random(seed)

    def account(self, elapsed):
        """Mostly one that is open, now and then one that was."""
        begun = [account for account in self._accounts if account.opens <= elapsed]
        still_open = [account for account in begun if elapsed < account.closes]
        if not still_open or self.random.random() < 0.1:
            return self.random.choice(begun)
        return self.random.choice(still_open)

    def contact(self, account, elapsed):
        """Half of the time the one that everybody asks about in the same hundredth of a second."""
        contacts = self._contacts[account.name]
        if self.random.random() < 0.5:
            moment = binascii.crc32(f"{account.name} {int(elapsed * 100)}".encode())
            return contacts[moment % len(contacts)]
        return self.random.choice(contacts)

    def several(self, account):
        """Two to twenty contacts, among which some may stand twice."""
        contacts = self._contacts[account.name]
        return self.random.choices(contacts, k=self.random.randint(2, 20))
