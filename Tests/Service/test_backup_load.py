"""Backups while contacts are counted, sent to and reserved: what was answered before it began is in it."""

import json
import subprocess
import threading
import time

import pytest

from backups import Wire, audit, back_up, is_sound, restore
from campaigns import set_plan, usage
from service import HEADCOUNT, Redis, clean_environment, eventually, run

ACCOUNTS = [f"acct_{number}" for number in range(4)]
ERASING = {"HEADCOUNT_TOMBSTONE_KEY": "a tombstone key of the tests"}


@pytest.fixture
def other():
    redis = Redis()
    yield redis
    redis.close()


class Caller:
    """A process that activates one contact after the other, until it is told to stop, and what it was answered."""

    def __init__(self, redis, account, name):
        command = [HEADCOUNT, "activate", account, "--by", "campaign:x", "--from", "-", "--redis", redis.url]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, bufsize=1,
            env=clean_environment(command=command))
        self.account = account
        self.name = name
        self.answered = []
        self.is_stopped = False
        self.threads = [threading.Thread(target=target, daemon=True) for target in (self._ask, self._listen)]
        for thread in self.threads:
            thread.start()

    def _ask(self):
        number = 0
        while not self.is_stopped:
            self.process.stdin.write("".join(f"{self.name}-{number + i}\n" for i in range(50)))
            number += 50
            # Slow enough for a machine that has other things to do.
            time.sleep(0.05)
        self.process.stdin.close()

    def _listen(self):
        for line in self.process.stdout:
            contact, verdict = line.rstrip("\n").split("\t")
            if verdict == "activated":
                self.answered.append(contact)

    def stop(self):
        self.is_stopped = True
        for thread in self.threads:
            thread.join(60)
        assert self.process.wait(60) == 0


def test_who_was_activated_before_a_backup_began_is_in_it(redis, other, tmp_path):
    for account in ACCOUNTS:
        set_plan(redis, account, mode="unlimited")
    callers = [Caller(redis, account, f"c{number}") for account in ACCOUNTS for number in range(2)]
    try:
        assert eventually(lambda: all(caller.answered for caller in callers), within=60)
        for number in range(3):
            time.sleep(1)
            before = [(caller.account, list(caller.answered)) for caller in callers]
            back_up(redis, tmp_path / f"{number}.jsonl")
            restore(other, tmp_path / f"{number}.jsonl", "--replace")
            with Wire(other) as wire:
                month = usage(other, ACCOUNTS[0])["period"]
                for account, contacts in before:
                    for start in range(0, len(contacts), 1000):
                        part = contacts[start:start + 1000]
                        assert wire("SMISMEMBER", f"hc:{{{account}}}:{month}", *part) == [1] * len(part)
            assert is_sound(other)
    finally:
        for caller in callers:
            caller.stop()


def test_who_is_erased_or_merged_meanwhile_stays_counted(redis, other, tmp_path):
    account = "acct_identities"
    set_plan(redis, account, mode="unlimited")
    month = usage(redis, account)["period"]
    with Wire(redis) as wire:
        contacts = [f"contact-{number}" for number in range(20_000)]
        for start in range(0, len(contacts), 500):
            wire("SADD", f"hc:{{{account}}}:{month}", *contacts[start:start + 500])
        wire("EXPIRE", f"hc:{{{account}}}:{month}", 1_000_000)
    stop = threading.Event()
    gone = []

    def change():
        number = 0
        while not stop.is_set():
            a, b, c = contacts[number:number + 3]
            run("contacts", "erase", account, a, "--yes", redis=redis, environment=ERASING)
            run("contacts", "merge", account, b, c, redis=redis, environment=ERASING)
            gone.extend([a, b, c])
            number += 3

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for number in range(4):
            back_up(redis, tmp_path / f"{number}.jsonl", account)
            restore(other, tmp_path / f"{number}.jsonl", "--replace")
            assert usage(other, account)["used"] >= 20_000
            known = list(gone)
            done = run("activate", account, "--by", "campaign:x", "--from", "-", redis=other, environment=ERASING,
                       input="".join(f"{contact}\n" for contact in known) or "contact-19999\n")
            assert "\tactivated\n" not in done.stdout, "nobody counts twice"
    finally:
        stop.set()
        thread.join()


def test_a_large_set_goes_in_lines_of_bounded_size(redis, other, tmp_path):
    with Wire(redis) as wire:
        month = usage(redis, "acct_large")["period"]
        key = f"hc:{{acct_large}}:{month}"
        for start in range(0, 200_000, 20_000):
            wire.all([("SADD", key, *(f"contact-{number}" for number in range(first, first + 500)))
                      for first in range(start, start + 20_000, 500)])
        wire("EXPIRE", key, 1_000_000)
    with Wire(redis.node_of(key)) as wire:
        wire("SLOWLOG", "RESET")
        wire("CONFIG", "SET", "slowlog-log-slower-than", 5_000)
    back_up(redis, tmp_path / "large.jsonl", "acct_large")
    assert max(map(len, open(tmp_path / "large.jsonl", "rb"))) < 32_768
    with Wire(redis.node_of(key)) as wire:
        words = {entry[3][0] for entry in wire("SLOWLOG", "GET", 100)}
        assert not words & {b"SMEMBERS", b"HGETALL", b"KEYS"}
        wire("CONFIG", "SET", "slowlog-log-slower-than", 10_000)
    report = json.loads(restore(other, tmp_path / "large.jsonl").stdout)
    assert usage(other, "acct_large")["used"] == 200_000
    with Wire(other) as wire:
        assert wire("SCARD", key) == 200_000
    assert report["elements"] >= 200_000


def test_reservations_go_on(redis, other, tmp_path):
    set_plan(redis, "acct_held", limit=3)
    done = run("reserve", "acct_held", "--by", "campaign:x", "--lease", 600, "ann", "bob", redis=redis)
    tokens = [line.split("\t")[2] for line in done.stdout.splitlines()]
    back_up(redis, tmp_path / "held.jsonl", "acct_held")
    restore(other, tmp_path / "held.jsonl")
    assert (usage(other, "acct_held")["used"], usage(other, "acct_held")["held"]) == (0, 2)
    assert "\tactivated" in run("confirm", "acct_held", tokens[0], redis=other).stdout
    assert "\treleased" in run("release", "acct_held", tokens[1], redis=other).stdout
    assert (usage(other, "acct_held")["used"], usage(other, "acct_held")["held"]) == (1, 0)
    assert is_sound(other)


def test_an_audit_during_traffic_does_not_cry_wolf(redis):
    for account in ACCOUNTS:
        set_plan(redis, account, mode="unlimited")
    callers = [Caller(redis, account, f"d{number}") for account in ACCOUNTS for number in range(2)]
    stop = threading.Event()

    def hold():
        while not stop.is_set():
            done = run("reserve", ACCOUNTS[0], "--by", "campaign:x", "--lease", 5, *range(20), redis=redis)
            tokens = [line.split("\t")[2] for line in done.stdout.splitlines() if "\treserved\t" in line]
            if tokens:
                run("release", ACCOUNTS[0], *tokens, redis=redis)

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        deadline = time.monotonic() + 4
        while time.monotonic() < deadline:
            status, found = audit(redis, *ACCOUNTS)
            assert status == 0 and not [each for each in found if each["wrong"]], found
    finally:
        stop.set()
        thread.join()
        for caller in callers:
            caller.stop()
