"""`--durability replicated:N`: what is answered has been confirmed by replicas, and what is not confirmed is never answered."""

import concurrent.futures
import json
import time
import uuid

import pytest

from redis_servers import Standalone
from service import Client, Service, eventually, make_key, run

CONFIRMED = ("--durability", "replicated:1")


class Pair:
    """A master and its replica."""

    def __init__(self):
        self.master = Standalone("--repl-diskless-sync-delay", "0")
        self.replica = Standalone("--replicaof", "127.0.0.1", str(self.master.port))
        self.wait_for_replica()

    def wait_for_replica(self):
        """Until it confirms what is written."""
        assert eventually(lambda: "master_link_status:up" in self.replica.cli("INFO", "replication"))
        value = str(uuid.uuid4())
        self.master.cli("SET", "confirmed", value)
        assert eventually(lambda: self.replica.cli("GET", "confirmed") == value)

    def activate(self, *arguments, check=False):
        return run("activate", *arguments, "--by", "campaign:x", "--timeout", 2, redis=self.master, check=check)

    def waits(self):
        """How often the master was told to wait for its replicas."""
        lines = self.master.cli("INFO", "commandstats").splitlines()
        return sum(int(line.split("calls=")[1].split(",")[0]) for line in lines if line.startswith("cmdstat_wait:"))

    def close(self):
        self.replica.close()
        self.master.close()


@pytest.fixture(scope="module")
def pair():
    pair = Pair()
    yield pair
    pair.close()


@pytest.fixture
def frozen_replica(pair):
    pair.replica.freeze()
    yield pair.replica
    pair.replica.thaw()
    pair.wait_for_replica()


def test_without_it_nobody_waits_for_replicas(pair, account, frozen_replica):
    before = pair.waits()
    assert pair.activate(account, "ann").returncode == 0
    assert pair.activate(account, "bob", "--durability", "acknowledged").returncode == 0
    assert pair.waits() == before


def test_what_is_answered_is_in_the_replica(pair, account):
    before = pair.waits()
    done = pair.activate(account, "ann", "bob", *CONFIRMED)
    assert done.stdout == "ann\tactivated\nbob\tactivated\n"
    [key] = [key for key in pair.replica.cli("KEYS", f"hc:{{{account}}}:20*").splitlines() if key.count(":") == 2]
    assert set(pair.replica.cli("SMEMBERS", key).split()) == {"ann", "bob"}
    assert pair.waits() > before


def test_what_no_replica_confirms_is_unavailable_and_never_refused(pair, account, frozen_replica):
    for _ in range(2):
        # Nor is what a first try has counted, which is a member for the master.
        done = pair.activate(account, "ann", *CONFIRMED)
        assert done.returncode == 69 and done.stdout == ""
        assert "0 of its replicas confirmed it" in done.stderr and "where 1 must" in done.stderr
    # Reading needs no replica.
    usage = json.loads(run("usage", account, "--json", *CONFIRMED, redis=pair.master).stdout)
    assert usage["used"] == 1


def test_it_goes_on_once_the_replica_is_back(pair, account, frozen_replica):
    assert pair.activate(account, "ann", *CONFIRMED).returncode == 69
    frozen_replica.thaw()
    assert pair.activate(account, "ann", *CONFIRMED).stdout == "ann\talready_activated\n"
    assert pair.activate(account, "bob", *CONFIRMED).stdout == "bob\tactivated\n"


def test_too_few_replicas(pair, account):
    done = pair.activate(account, "ann", "--durability", "replicated:2")
    assert done.returncode == 69 and "1 of its replicas confirmed it" in done.stderr and "where 2 must" in done.stderr


@pytest.mark.parametrize("level", ["replicated", "replicated:0", "replicated:101", "replicated:x", "replicated:1:2", "wal"])
def test_a_level_that_there_is_not(pair, account, level):
    done = pair.activate(account, "ann", "--durability", level)
    assert done.returncode == 64 and f"durability (HEADCOUNT_DURABILITY) '{level}'" in done.stderr
    assert "write acknowledged or replicated:N" in done.stderr


def test_a_service_of_many_callers(pair, account):
    key = make_key(pair.master)
    service = Service(pair.master.url, *CONFIRMED)
    try:
        with concurrent.futures.ThreadPoolExecutor(16) as callers, Client(service, key) as client:
            before = pair.waits()
            answers = list(callers.map(lambda n: client.activate(account, f"c{n}").json()["verdict"], range(300)))
            assert answers.count("activated") == 100 and answers.count("limit_reached") == 200
            # Callers at the same moment share a wait.
            assert 0 < pair.waits() - before <= 320
            [members] = [key for key in pair.replica.cli("KEYS", f"hc:{{{account}}}:20*").splitlines() if key.count(":") == 2]
            assert pair.replica.cli("SCARD", members) == "100"
            pair.replica.freeze()
            try:
                started = time.monotonic()
                assert client.activate(account, "c0").status_code == 503
                # Reading goes on meanwhile, on a connection of its own.
                assert client.get(f"/v1/accounts/{account}/usage").status_code == 200
                assert time.monotonic() - started < 25
            finally:
                pair.replica.thaw()
            assert client.activate(account, "c0").status_code == 200
    finally:
        service.close()
