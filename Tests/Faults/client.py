"""A client process: asks until its time is over, from several threads, and writes down every answer.

    python client.py SPECIFICATION.json HISTORY.jsonl
"""

import dataclasses
import json
import os
import random
import sys
import threading
import time

import calls
from accounts import Account, Chooser
from caller import Caller, until
from calls import ACTIVATE, CONFIRM, RELEASE, RESERVE, RESERVED


@dataclasses.dataclass
class Specification:
    """What a process is to do. Times are those of the machine's monotonic clock."""

    services: list
    key: str
    accounts: list
    begins: float
    # It ends when there is such a file; for how long then it repeats what wasn't decided.
    stop: str
    grace: float
    threads: int
    number: int
    lease: float
    short_lease: float

    @classmethod
    def read(cls, path):
        with open(path) as file:
            specification = cls(**json.load(file))
        specification.accounts = [Account(**account) for account in specification.accounts]
        return specification

    def write(self, path):
        with open(path, "w") as file:
            json.dump(dataclasses.asdict(self), file)


class Client(threading.Thread):
    """One user: activates, alone and in batches, and reserves, then confirms or releases or forgets."""

    def __init__(self, specification, number, record):
        super().__init__()
        self.specification = specification
        self.caller = Caller(specification.services, specification.key, number, record=record)
        self.chooser = Chooser(specification.accounts, number)
        self.random = random.Random(-number)

    def run(self):
        while not self.is_over:
            elapsed = time.monotonic() - self.specification.begins
            if elapsed < 0:
                time.sleep(-elapsed)
                continue
            account = self.chooser.account(elapsed)
            doing = self.random.random()
            if doing < 0.45:
                self._insist(ACTIVATE, account.name, [self.chooser.contact(account, elapsed)])
            elif doing < 0.65:
                self._insist(ACTIVATE, account.name, self.chooser.several(account))
            elif doing < 0.93:
                self._reserve(account.name, [self.chooser.contact(account, elapsed)])
            else:
                self._reserve(account.name, list(dict.fromkeys(self.chooser.several(account))))
        self.caller.close()

    @property
    def is_over(self):
        return os.path.exists(self.specification.stop)

    def _reserve(self, account, contacts):
        """What is held is confirmed or released, sometimes twice, or forgotten."""
        is_forgotten = self.random.random() < 0.1
        lease = self.specification.short_lease if is_forgotten else self.specification.lease
        call = self._insist(RESERVE, account, contacts, lease=lease)
        held = [(contact, token) for contact, token, verdict in zip(contacts, call.tokens, call.verdicts)
                if verdict == RESERVED]
        if is_forgotten or not held:
            return
        time.sleep(self.random.choice([0, 0, 0.02]))
        contacts, tokens = map(list, zip(*held))
        what = CONFIRM if self.random.random() < 0.7 else RELEASE
        for _ in range(self.random.choice([1, 1, 2])):
            self._insist(what, account, contacts, tokens)

    def _insist(self, *request, **more):
        call = self.caller.insist(lambda: self.is_over, *request, **more)
        if not call.is_decided:
            call = self.caller.insist(until(self.specification.grace), *request, **more)
        return call


def main(specification_path, history_path):
    specification = Specification.read(specification_path)
    lock = threading.Lock()
    with open(history_path, "w") as file:
        def record(call):
            with lock:
                calls.write(call, file)

        clients = [
            Client(specification, specification.number * specification.threads + index, record)
            for index in range(specification.threads)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
