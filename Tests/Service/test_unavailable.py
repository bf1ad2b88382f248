"""R14: while Redis can't answer, callers are told so, in time, and never that the limit is reached; and what happens when
the service itself is told to end."""

import concurrent.futures
import contextlib
import re
import signal
import socket
import time

import pytest
import requests

from redis_servers import Standalone
from service import Client, Redis, Service, eventually, make_key

ACCOUNT = "acct_1"
MEMBERS = ["ann", "bob", "cleo"]
ASKED = [
    ("POST", f"/v1/accounts/{ACCOUNT}/activations", {"contact": "ann", "by": "campaign:spring"}),
    ("POST", f"/v1/accounts/{ACCOUNT}/activations", {"contacts": ["ann", "dora"], "by": "campaign:spring"}),
    ("GET", f"/v1/accounts/{ACCOUNT}/usage", None),
    ("GET", f"/v1/accounts/{ACCOUNT}/history", None),
    ("GET", f"/v1/accounts/{ACCOUNT}/daily", None),
    ("GET", f"/v1/accounts/{ACCOUNT}/contacts", None),
    ("GET", f"/v1/accounts/{ACCOUNT}/contacts/ann", None),
    ("GET", f"/v1/accounts/{ACCOUNT}/plan", None),
    ("PUT", f"/v1/accounts/{ACCOUNT}/plan", {"limit": 3}),
    ("GET", "/v1/accounts", None),
    ("GET", "/readyz", None),
]


class System:
    """A Redis, a service, a key, and an account at its limit of three."""

    def __init__(self, *arguments, redis=None):
        self.redis = redis or Redis()
        self.key = make_key(self.redis)
        self.service = Service(self.redis.url, "--metrics", *arguments)
        assert self.ask("PUT", f"/v1/accounts/{ACCOUNT}/plan", {"limit": len(MEMBERS)}).status_code == 200
        assert self.activate(*MEMBERS).json()["activated"] == len(MEMBERS)

    def ask(self, method, path, body=None, timeout=30):
        with Client(self.service, self.key) as client:
            return client.request(method, path, json=body, timeout=timeout)

    def activate(self, *contacts):
        return self.ask("POST", f"/v1/accounts/{ACCOUNT}/activations", {"contacts": contacts, "by": "campaign:spring"})

    def in_flight(self):
        """How many requests the service is answering, this question left out."""
        text = self.ask("GET", "/metrics").text
        return int(float(re.search(r"^headcount_http_requests_in_flight (\S+)", text, re.MULTILINE)[1])) - 1

    def close(self):
        self.service.close()
        self.redis.close()


@contextlib.contextmanager
def running(*arguments, redis=None):
    system = System(*arguments, redis=redis)
    try:
        yield system
    finally:
        system.close()


def is_unavailable(answer):
    assert answer.status_code == 503, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/unavailable"
    assert int(answer.headers["Retry-After"]) >= 1
    assert "limit_reached" not in answer.text and "RateLimit" not in answer.headers
    return True


def everything_is_unavailable(system, within):
    """Each path that needs Redis says so in time; the service itself is well."""
    def ask(asked):
        start = time.monotonic()
        answer = system.ask(*asked)
        return answer, time.monotonic() - start

    with concurrent.futures.ThreadPoolExecutor(len(ASKED)) as pool:
        for asked, (answer, seconds) in zip(ASKED, pool.map(ask, ASKED)):
            assert is_unavailable(answer), asked
            assert seconds < within, asked
    for path in ("/healthz", "/openapi.yaml", "/metrics"):
        assert system.ask("GET", path, timeout=1).status_code == 200


def everything_is_as_before(system):
    """Within two seconds, by itself."""
    assert eventually(lambda: system.ask("GET", "/readyz").status_code == 200, within=2)
    assert eventually(lambda: system.activate("ann").status_code == 200, within=2)
    for asked in ASKED:
        answer = system.ask(*asked)
        assert answer.status_code == 200, f"{asked}: {answer.text}"
    assert system.ask("GET", f"/v1/accounts/{ACCOUNT}/usage").json()["used"] == len(MEMBERS)
    assert [result["verdict"] for result in system.activate(*MEMBERS, "dora").json()["results"]] == [
        "already_activated", "already_activated", "already_activated", "limit_reached"]


def test_redis_stopped_and_started_again():
    with running("--timeout", "1") as system:
        for _ in range(2):
            system.redis.stop()
            everything_is_unavailable(system, within=2)
            # Both the key and the member were known a moment ago; later they are not, and still nothing is guessed.
            time.sleep(1)
            everything_is_unavailable(system, within=2)
            system.redis.start()
            everything_is_as_before(system)


def test_redis_frozen_and_thawed():
    with running("--timeout", "1") as system:
        system.redis.freeze()
        everything_is_unavailable(system, within=2)
        everything_is_unavailable(system, within=2)
        system.redis.thaw()
        assert eventually(lambda: system.redis.cli("PING", check=False) == "PONG")
        everything_is_as_before(system)


def test_a_call_that_was_given_up_may_be_repeated():
    """Nobody knows whether Redis counted it; it is counted once."""
    with running("--timeout", "1") as system:
        assert system.ask("PUT", f"/v1/accounts/{ACCOUNT}/plan", {"limit": 10}).status_code == 200
        assert system.activate("ann").status_code == 200
        system.redis.freeze()
        for _ in range(3):
            assert is_unavailable(system.activate("dora"))
        system.redis.thaw()
        assert eventually(lambda: system.activate("dora").status_code == 200)
        assert system.activate("dora").json()["alreadyActivated"] == 1
        assert system.ask("GET", f"/v1/accounts/{ACCOUNT}/usage").json()["used"] == len(MEMBERS) + 1


def test_a_service_that_is_started_before_redis():
    redis = Redis()
    key = make_key(redis)
    redis.stop()
    service = Service(redis.url, "--timeout", "1")
    try:
        with Client(service, key) as client:
            assert client.get("/healthz").status_code == 200
            assert is_unavailable(client.get("/readyz"))
            assert is_unavailable(client.activate(ACCOUNT, "ann"))
            redis.start()
            assert eventually(lambda: client.get("/readyz").status_code == 200, within=2)
            assert client.activate(ACCOUNT, "ann").json()["verdict"] == "activated"
    finally:
        service.close()
        redis.close()


def test_a_replica_counts_nobody_and_does_once_it_is_the_master():
    with running(redis=Standalone()) as system:
        # Without a log of its own: a redis-server that is writing its first one doesn't end when told to.
        replica = Standalone("--replicaof", "127.0.0.1", str(system.redis.port), "--appendonly", "no")
        service = Service(replica.url)
        try:
            assert eventually(lambda: replica.cli("HLEN", "hc:api-keys") == "1")
            with Client(service, system.key) as client:
                assert is_unavailable(client.activate(ACCOUNT, "dora"))
                assert is_unavailable(client.put(f"/v1/accounts/{ACCOUNT}/plan", json={"limit": 4}))
                replica.cli("REPLICAOF", "NO", "ONE")
                assert eventually(lambda: client.activate(ACCOUNT, "dora").status_code == 200, within=2)
                assert client.activate(ACCOUNT, "dora").json()["verdict"] == "limit_reached"
                assert client.activate(ACCOUNT, "ann").json()["verdict"] == "already_activated"
        finally:
            service.close()
            replica.close()


def test_a_full_redis_counts_nobody_and_lets_members_pass():
    with running() as system:
        assert system.ask("PUT", f"/v1/accounts/{ACCOUNT}/plan", {"limit": 10}).status_code == 200
        system.redis.cli("CONFIG", "SET", "maxmemory", "1")
        assert is_unavailable(system.activate("dora"))
        assert system.activate(*MEMBERS).json()["alreadyActivated"] == len(MEMBERS)
        assert system.ask("GET", f"/v1/accounts/{ACCOUNT}/usage").json()["used"] == len(MEMBERS)
        assert system.ask("GET", "/readyz").status_code == 200
        system.redis.cli("CONFIG", "SET", "maxmemory", "0")
        assert system.activate("dora").json()["activated"] == 1


# The end


def refuses_connections(service):
    try:
        socket.create_connection(("127.0.0.1", service.port), timeout=1).close()
    except ConnectionRefusedError:
        return True
    return False


def test_requests_under_way_are_finished_when_the_service_ends():
    with running("--timeout", "9") as system, concurrent.futures.ThreadPoolExecutor(20) as pool:
        assert system.activate("ann").status_code == 200
        system.redis.freeze()
        answers = [pool.submit(system.activate, "ann") for _ in range(20)]
        assert eventually(lambda: system.in_flight() == 20, within=2)
        system.service.process.send_signal(signal.SIGTERM)
        assert eventually(lambda: refuses_connections(system.service)), "new ones are refused"
        assert system.service.process.poll() is None
        system.redis.thaw()
        assert [answer.result().status_code for answer in answers] == [200] * 20
        assert system.service.process.wait(5) == 0


def test_a_request_that_never_finishes_does_not_keep_the_service_alive():
    with running("--timeout", "120") as system, concurrent.futures.ThreadPoolExecutor(1) as pool:
        system.redis.freeze()
        answer = pool.submit(system.activate, "ann")
        assert eventually(lambda: system.in_flight() == 1)
        start = time.monotonic()
        assert system.service.terminate(within=20) == 0
        assert time.monotonic() - start < 11, "the bound is ten seconds"
        try:
            assert is_unavailable(answer.result())
        except requests.ConnectionError:
            pass  # It was broken off.


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_idle_connections_do_not_keep_the_service_alive(end):
    with running() as system, Client(system.service) as client:
        assert client.get("/healthz").status_code == 200
        begun = socket.create_connection(("127.0.0.1", system.service.port))
        begun.sendall(b"GET /healthz HTTP/1.1\r\nHost: headcount\r\n")
        system.service.process.send_signal(end)
        assert system.service.process.wait(9) == 0
        begun.close()


def test_live_streams_end_with_the_service():
    with running() as system, requests.Session() as browser:
        base = system.service.url
        form = re.search('name="csrf" value="([^"]+)"', browser.get(base + "/sign-in", timeout=10).text)[1]
        signed_in = browser.post(
            base + "/sign-in", data={"csrf": form, "key": system.key}, allow_redirects=False, timeout=10)
        assert signed_in.status_code == 303, signed_in.text
        streams = [browser.get(f"{base}/accounts/{ACCOUNT}/events", stream=True, timeout=30) for _ in range(5)]
        lines = [stream.iter_lines() for stream in streams]
        assert [next(line) for line in lines] == [b"event: usage"] * 5
        assert system.service.terminate(within=9) == 0
        for line in lines:
            assert b"event: usage" not in list(line), "and they end as streams do, not broken off"
