"""Methods and paths that there are not, and what is no HTTP: each gets a problem document or a closed connection, and
the service goes on."""

import concurrent.futures
import io
import itertools
import os

import pytest

from hostile import ACTIVATIONS, VICTIM, Answer, ask, connected, exchange, head, unharmed, until_closed, victim


# Methods


@pytest.mark.parametrize("method, path, allowed", [
    ("POST", "/healthz", "GET, HEAD"),
    ("DELETE", "/openapi.yaml", "GET, HEAD"),
    ("PATCH", f"/v1/accounts/{VICTIM}/plan", "GET, HEAD, PUT"),
    ("GET", ACTIVATIONS, "POST"),
    ("PROPFIND", ACTIVATIONS, "POST"),
    ("OPTIONS", ACTIVATIONS, "POST"),
    ("TRACE", "/v1/accounts", "GET, HEAD"),
])
def test_a_method_that_the_path_does_not_have(service, admin_key, method, path, allowed):
    answer = ask(service, admin_key, method, path)
    assert answer.is_problem(405, "method_not_allowed")
    assert answer.headers["Allow"] == allowed


@pytest.mark.parametrize("method", ["BREW", "get", "G\u00cbT"])
def test_a_method_that_there_is_not(service, admin_key, method):
    """What HTTP itself doesn't know need not have a path."""
    answer = ask(service, admin_key, method, "/healthz")
    assert answer.status in (400, 405, 501)
    assert answer.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", [
    "/v1", "/v1/accounts/x/y", "/v2/accounts", "/v1/accounts/x/usage/more", "/.git/config", "/healthz/x", "/%2E%2E/etc/passwd",
])
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_nothing_is_at_another_path(service, admin_key, method, path):
    assert ask(service, admin_key, method, path).is_problem(404, "not_found")


@pytest.mark.parametrize("path, status", [
    ("/healthz", 200), ("/openapi.yaml", 200), (f"/v1/accounts/{VICTIM}/usage", 200),
    (f"/v1/accounts/{VICTIM}%7D/usage", 422), ("/nothing", 404), (ACTIVATIONS, 405),
])
def test_an_answer_to_head_has_no_body(service, admin_key, path, status):
    """Or the next answer on the connection would be taken for something else."""
    received = exchange(
        service, head("HEAD", path, admin_key) + head("GET", "/healthz", None, "X-Request-Id: next", "Connection: close"))
    stream = io.BytesIO(received)
    first = Answer(stream, "HEAD")
    assert (first.status, first.body) == (status, b"")
    following = Answer(stream)
    assert (following.status, following.headers["X-Request-Id"], following.json) == (200, "next", {"status": "ok"})
    assert stream.read() == b""


# HTTP itself


NO_HTTP = [
    b"hello\r\n\r\n",
    b"GET /\r\n\r\n",
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    b"GET /healthz HTTP/3.0\r\n\r\n",
    b"GET /health z HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost: x\r\nX-A: a\x00b\r\n\r\n",
    b"GET /healthz HTTP/1.1\r\nHost : x\r\n\r\n",
    b"GET /v1/accounts/\xff\xfe/usage HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
    b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n",
    b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    b"POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    os.urandom(4096).replace(b"\r", b"") + b"\r\n\r\n",
]


def test_what_is_no_http_gets_one_problem_and_the_connection_is_closed(service):
    with concurrent.futures.ThreadPoolExecutor(len(NO_HTTP)) as pool:
        for sent, received in zip(NO_HTTP, pool.map(lambda sent: exchange(service, sent), NO_HTTP)):
            stream = io.BytesIO(received)
            assert Answer(stream).is_problem(400, "malformed_request"), sent
            assert stream.read() == b"", f"one answer, not several, to {sent}"


def test_the_description_knows_what_is_no_http(service):
    described = ask(service, None, "GET", "/openapi.yaml").body.decode()
    for sent in (b"hello\r\n\r\n", head("GET", "/", None, "X-A: " + "a" * 20_000)):
        assert f"`{Answer(io.BytesIO(exchange(service, sent))).json['type']}`" in described


@pytest.mark.parametrize("fields", [
    ["X-Long: " + "a" * 20 * 1024],
    [f"X-{number}: {'a' * 1000}" for number in range(70)],
    [f"X-{number}: a" for number in range(300)],
])
def test_a_flood_of_header_fields(service, admin_key, fields):
    received = exchange(service, head("GET", "/healthz", admin_key, *fields))
    assert Answer(io.BytesIO(received)).is_problem(431, "header_too_large")


def test_an_endless_path(service):
    assert Answer(io.BytesIO(exchange(service, head("GET", "/" + "a" * 100_000)))).is_problem(431, "header_too_large")


def test_requests_that_come_all_at_once_are_answered_in_order(service, admin_key):
    paths = [("GET", "/healthz"), ("GET", f"/v1/accounts/{VICTIM}/usage"), ("GET", "/nothing"), ("POST", ACTIVATIONS)]
    asked = list(itertools.islice(itertools.cycle(paths), 200))
    sent = b""
    for number, (method, path) in enumerate(asked):
        body = b'{"contact": "ann", "by": "campaign:spring"}' if method == "POST" else b""
        sent += head(method, path, admin_key, f"X-Request-Id: nr-{number}", f"Content-Length: {len(body)}") + body
    sent += head("GET", "/healthz", None, "Connection: close")
    stream = io.BytesIO(exchange(service, sent))
    for number, (method, path) in enumerate(asked):
        answer = Answer(stream, method)
        assert answer.headers["X-Request-Id"] == f"nr-{number}"
        assert answer.status == (404 if path == "/nothing" else 200)
    assert Answer(stream).status == 200
    assert stream.read() == b""


@pytest.mark.parametrize("field", ["Connection: close", "Connection: Close", "Connection: TE, close"])
def test_a_client_that_wants_the_connection_closed_is_obeyed(service, field):
    with connected(service, within=5) as connection:
        connection.sendall(head("GET", "/healthz", None, field))
        assert Answer(io.BytesIO(until_closed(connection))).status == 200


def test_an_old_client_is_not_kept_waiting(service):
    """HTTP/1.0, as health checks of load balancers speak it: the end of the connection is the end of the answer."""
    with connected(service, within=5) as connection:
        connection.sendall(b"GET /healthz HTTP/1.0\r\n\r\n")
        assert Answer(io.BytesIO(until_closed(connection))).status == 200
