"""R13: a notice is told at least once, also when the process that crossed the threshold dies right after."""

import json
import subprocess

import pytest

from notices import KINDS, activate, all_told, courier, deliveries, limit, listed, told
from service import HEADCOUNT, Redis, clean_environment, eventually, run

CROSSED = [("limit.changed", 0, 5, 0), ("threshold.reached", 80, 5, 4)]


@pytest.fixture
def redis():
    """One on which nobody delivers yet."""
    redis = Redis()
    yield redis
    redis.close()


class Count:
    """How many contacts an account has, asked without the time that starting a process takes."""

    def __init__(self, redis, account):
        period = json.loads(run("usage", account, "--json", redis=redis).stdout)["period"]
        key = f"hc:{{{account}}}:{period}"
        self.command = f"SCARD {key}\r\n".encode()
        self.socket = redis.node_of(key).connect()
        self.replies = self.socket.makefile("rb")

    def __call__(self):
        self.socket.sendall(self.command)
        return int(self.replies.readline()[1:])

    def close(self):
        self.replies.close()
        self.socket.close()


def cross_and_die(redis, account):
    """A process counts four of five contacts, and is killed the moment that the fourth is counted."""
    limit(redis, account, 5)
    count = Count(redis, account)
    command = [
        HEADCOUNT, "activate", account, "--by", "campaign:x", "--from", "-", "--batch", "1", "--redis", redis.url]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=clean_environment(command=command), bufsize=0)
    try:
        process.stdin.write(b"contact-1\ncontact-2\ncontact-3\n")
        assert eventually(lambda: count() == 3)
        process.stdin.write(b"contact-4\n")
        while count() < 4:
            assert process.poll() is None
    finally:
        process.kill()
        process.wait()
        process.stdin.close()
        count.close()


@pytest.mark.parametrize("kind", KINDS)
def test_the_process_that_crosses_a_threshold_is_killed_right_after(redis, kind, action):
    accounts = [f"acct_{number}" for number in range(6)]
    for account in accounts:
        cross_and_die(redis, account)
    # Whoever was quick enough to give a hint: it is lost as well.
    redis.cli("DEL", "hc:due:notices")
    hook = action()
    with courier(kind, redis, hook.url):
        assert eventually(lambda: all(len(deliveries(hook, account)) >= 2 for account in accounts), within=20)
        all_told(redis, *accounts)
        for account in accounts:
            assert told(hook, account) == CROSSED
            assert [notice["status"] for notice in listed(redis, account)] == ["delivered"] * 2
    # Neither members nor another courier bring it up again.
    with courier(kind, redis, hook.url):
        for account in accounts:
            activate(redis, account, 1, 2, 3, 4)
        for number in (6, 5):
            limit(redis, accounts[0], number)
            assert eventually(lambda: deliveries(hook, accounts[0])[-1].json["limit"] == number)
        all_told(redis, *accounts)
    assert told(hook, accounts[0]) == sorted(CROSSED + [("limit.changed", 0, 6, 4), ("limit.changed", 0, 5, 4)])
    assert all(told(hook, account) == CROSSED for account in accounts[1:])


def next_sweep(redis):
    """In how many seconds it is due."""
    due = redis.cli("ZSCORE", "hc:due:sweep", "accounts")
    return float(due or 0) / 1_000 - float(redis.cli("TIME").splitlines()[0])


def test_a_hint_that_is_lost_while_couriers_run_delays_the_notice_only(redis, action):
    limit(redis, "acct_1", 5)
    hook = action()
    with courier("worker", redis, hook.url):
        all_told(redis, "acct_1")
        # They look for what nobody told them of at their start, and then every 15 seconds: not in this moment.
        assert eventually(lambda: redis.cli("ZCARD", "hc:due:notices") == "0" and 10 < next_sweep(redis) <= 15)
        # What the script writes, and not what the process does next.
        redis.cli("XADD", "hc:{acct_1}:outbox", "*", "event", "threshold.reached", "period", "2026-11",
                  "threshold", "80", "limit", "5", "used", "4")
        assert eventually(lambda: len(deliveries(hook, "acct_1")) >= 2, within=60)
        all_told(redis, "acct_1")
        assert told(hook, "acct_1") == CROSSED


def test_a_change_of_the_limit_of_who_was_never_active_survives_as_well(redis, action):
    limit(redis, "acct_1", 5)
    redis.cli("DEL", "hc:due:notices")
    hook = action()
    with courier("worker", redis, hook.url):
        assert eventually(lambda: deliveries(hook, "acct_1"))
