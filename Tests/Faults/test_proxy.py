"""The proxy does to connections what faults want of it, against a real redis-server."""

import socket
import time

import pytest
from redis_standalone import Standalone
from waiting import eventually

from proxy import REPLIES, REQUESTS, Proxy
from resp import Connection


@pytest.fixture(scope="module")
def redis():
    redis = Standalone("--appendonly", "no")
    yield redis
    redis.close()


@pytest.fixture
def proxy(redis):
    redis.cli("FLUSHALL")
    proxy = Proxy(redis.port)
    yield proxy
    proxy.close()


@pytest.fixture
def connection(proxy):
    with Connection(proxy.port, timeout=5) as connection:
        yield connection


def test_everything_passes(connection):
    large = "x" * 3_000_000
    assert connection.send("SET", "key", large) == "OK"
    for _ in range(3):
        connection.write("GET", "key")
    assert [connection.read() for _ in range(3)] == [large] * 3


def test_what_is_delayed_comes_later_and_in_order(proxy, connection):
    with proxy.behaving(delay=0.1):
        start = time.monotonic()
        for number in range(5):
            connection.write("RPUSH", "list", number)
        assert [connection.read() for _ in range(5)] == [1, 2, 3, 4, 5]
        assert time.monotonic() - start >= 0.2
    assert connection.send("LRANGE", "list", 0, -1) == ["0", "1", "2", "3", "4"]


def test_a_reply_is_cut_in_the_middle(proxy, connection):
    connection.send("SET", "key", "0123456789")
    with proxy.behaving(cut_after=12):
        connection.write("GET", "key")
        read = b""
        with pytest.raises(ConnectionResetError):
            while True:
                part = connection._socket.recv(1)
                assert part
                read += part
        assert read == b"$10\r\n0123456"
        with Connection(proxy.port) as another, pytest.raises((ConnectionError, AssertionError)):
            another.send("GET", "key")
    with Connection(proxy.port) as another:
        assert another.send("GET", "key") == "0123456789"


def test_requests_that_are_held_are_carried_out_later_though_their_client_has_gone(redis, proxy, connection):
    connection.send("PING")
    with proxy.behaving(holds=frozenset({REQUESTS, REPLIES})):
        connection.write("INCR", "counter")
        connection.close()
        time.sleep(0.1)
        assert redis.cli("GET", "counter") == ""
    assert eventually(lambda: redis.cli("GET", "counter") == "1")


def test_replies_that_are_held_come_later(redis, proxy, connection):
    with proxy.behaving(holds=frozenset({REPLIES})):
        connection.write("INCR", "counter")
        assert eventually(lambda: redis.cli("GET", "counter") == "1")
        connection._socket.settimeout(0.1)
        with pytest.raises(TimeoutError):
            connection._socket.recv(1)
        connection._socket.settimeout(5)
    assert connection._socket.recv(100) == b":1\r\n"


def test_only_some_are_held(redis, proxy, connection):
    with proxy.behaving(holds=frozenset({REQUESTS, REPLIES}), only_from=frozenset({"127.0.1.1"})):
        with socket.create_connection(("127.0.0.1", proxy.port), 5, source_address=("127.0.1.1", 0)) as other:
            other.sendall(b"INCR counter\r\n")
            assert connection.send("PING") == "PONG"
            assert redis.cli("GET", "counter") == ""
    assert eventually(lambda: redis.cli("GET", "counter") == "1")


def test_connections_are_refused_and_broken_off(proxy, connection):
    connection.send("PING")
    with proxy.behaving(refuses=True):
        with pytest.raises(ConnectionError), Connection(proxy.port) as another:
            another.send("PING")
        assert connection.send("PING") == "PONG"
        proxy.reset()
        with pytest.raises(ConnectionError):
            connection.send("PING")
    with Connection(proxy.port) as another:
        assert another.send("PING") == "PONG"


def test_a_client_that_does_not_read_holds_up_nobody(proxy, connection):
    connection.send("SET", "key", "x" * 1_000_000)
    for _ in range(50):
        connection.write("GET", "key")
    with Connection(proxy.port, timeout=5) as another:
        assert another.send("PING") == "PONG"


def test_a_server_that_is_gone(proxy, redis, connection):
    connection.send("PING")
    redis.kill()
    with pytest.raises(ConnectionError):
        connection.send("PING")
    redis.start()
    with Connection(proxy.port) as another:
        assert another.send("PING") == "PONG"
