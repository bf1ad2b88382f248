"""Connections that are slow, break off or stay idle: they are answered or closed, nobody is counted by them, and the
service goes on."""

import concurrent.futures
import io
import json
import os
import resource
import threading
import time

import pytest

from hostile import ACTIVATIONS, MIB, VICTIM, Answer, connected, exchange, head, unharmed, until_closed, victim
from service import eventually


def drip(service, start, piece=None, pause=0.2):
    """Sends `start`, then `piece` again and again; what the service says until it closes, and after how long."""
    began = time.monotonic()
    with connected(service) as connection:
        def send():
            try:
                connection.sendall(start)
                while piece is not None:
                    connection.sendall(piece)
                    time.sleep(pause)
            except OSError:
                pass  # It was cut off.

        sender = threading.Thread(target=send)
        sender.start()
        received = until_closed(connection)
    sender.join()
    return received, time.monotonic() - began


def test_slow_and_endless_bodies_are_cut_off(service, admin_key):
    length = head("POST", ACTIVATIONS, admin_key, "Content-Length: 4000") + b'{"contact": "dora"'
    stranger = head("POST", ACTIVATIONS, None, "Content-Length: 4000") + b'{"contact": "dora"'
    chunked = head("POST", ACTIVATIONS, admin_key, "Transfer-Encoding: chunked")
    ignored = head("POST", "/nothing", None, "Transfer-Encoding: chunked")
    chunk = b"10000\r\n" + b" " * 65536 + b"\r\n"
    cases = [
        (length, b" "),
        (length, None),
        (stranger, b" "),
        (chunked, b"1\r\n \r\n"),
        (chunked, chunk, 0.01),
        (ignored, chunk, 0.01),
    ]
    with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
        answers = list(pool.map(lambda case: drip(service, *case), cases))
    # The body has ten seconds; the rest is for a busy machine.
    assert all(seconds < 20 for _, seconds in answers)
    received = [received for received, _ in answers]
    for slow in (received[0], received[1], received[3]):
        assert Answer(io.BytesIO(slow)).is_problem(408, "request_timeout")
    assert Answer(io.BytesIO(received[2])).is_problem(401, "unauthenticated")
    # Who never stops sending may lose the answer with the connection.
    assert received[4] == b"" or Answer(io.BytesIO(received[4])).is_problem(413, "content_too_large")
    assert received[5] == b"" or Answer(io.BytesIO(received[5])).is_problem(404, "not_found")


@pytest.mark.parametrize("missing", [1, 10, 1000])
def test_a_body_that_breaks_off_counts_nobody(service, admin_key, missing):
    body = json.dumps({"contact": "dora", "by": "campaign:spring"}).encode()
    sent = head("POST", ACTIVATIONS, admin_key, f"Content-Length: {len(body) + missing}") + body
    received = exchange(service, sent, half_closes=True)
    assert received == b"" or Answer(io.BytesIO(received)).status == 400
    with connected(service) as connection:
        connection.sendall(sent)


def test_a_chunked_body_that_breaks_off_counts_nobody(service, admin_key):
    body = json.dumps({"contact": "dora", "by": "campaign:spring"}).encode()
    sent = head("POST", ACTIVATIONS, admin_key, "Transfer-Encoding: chunked") + b"%x\r\n%b\r\n" % (len(body), body)
    for end in (b"", b"zz\r\n"):
        received = exchange(service, sent + end, half_closes=True)
        assert received == b"" or Answer(io.BytesIO(received)).status == 400


def test_a_client_that_stops_sending_still_gets_its_answer(service, admin_key):
    received = exchange(service, head("GET", f"/v1/accounts/{VICTIM}/usage", admin_key), half_closes=True)
    assert Answer(io.BytesIO(received)).status == 200


def test_ten_thousand_idle_connections(service, admin_key, client):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 10_200:
        pytest.skip(f"this system lets a process have {hard} open files only")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    files = f"/proc/{service.process.pid}/fd"
    before = len(os.listdir(files))
    connections = []
    try:
        for number in range(10_000):
            connection = connected(service)
            connections.append(connection)
            if number % 2:
                # Half of them have begun a request.
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: headcount\r\nX-")
        assert eventually(lambda: len(os.listdir(files)) >= before + 10_000), "all are connected"
        for _ in range(10):
            assert client.get("/healthz", timeout=2).status_code == 200
            assert client.activate(VICTIM, "ann").json()["verdict"] == "already_activated"
        assert service.memory() < 400 * MIB
    finally:
        for connection in connections:
            connection.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert eventually(lambda: len(os.listdir(files)) < before + 100), "they are gone when their clients are"
