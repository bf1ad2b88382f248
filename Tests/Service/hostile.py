"""What the tests of wrong requests share: an account that must come to no harm, and HTTP as bytes on a connection.

A file that imports `victim` and `unharmed` has each of its tests watched by them.
"""

import http.client
import io
import json
import socket

import pytest

VICTIM = "acct_victim"
CONTACTS = ["ann", "bob", "cleo"]
ACTIVATIONS = f"/v1/accounts/{VICTIM}/activations"
MIB = 1024 * 1024


@pytest.fixture(scope="module", autouse=True)
def victim(redis, service, admin_key):
    """An account that has counted three contacts."""
    answer = ask(service, admin_key, "POST", ACTIVATIONS, {"contacts": CONTACTS, "by": "campaign:spring"})
    assert answer.json["activated"] == len(CONTACTS)


@pytest.fixture(autouse=True)
def unharmed(victim, redis, service, admin_key):
    """After each test the service is up, and the account has counted these three and nobody else."""
    yield
    assert service.process.poll() is None
    usage = ask(service, admin_key, "GET", f"/v1/accounts/{VICTIM}/usage")
    assert (usage.status, usage.json["used"]) == (200, len(CONTACTS))
    members = redis.cli("SMEMBERS", f"hc:{{{VICTIM}}}:{usage.json['period']}").split()
    assert sorted(members) == CONTACTS


class Answer:
    """An HTTP response, read off a connection's bytes as a client does."""

    def __init__(self, stream, method="GET"):
        class Reader:
            def makefile(self, mode):
                return stream

        response = http.client.HTTPResponse(Reader(), method=method)
        response.begin()
        # Others follow on the same connection.
        response._close_conn = lambda: None
        self.body = response.read()
        self.status, self.headers = response.status, response.headers

    @property
    def json(self):
        return json.loads(self.body)

    def is_problem(self, status, kind):
        assert self.status == status, self.body
        assert self.headers["Content-Type"] == "application/problem+json"
        assert (self.json["type"], self.json["status"]) == (f"/problems/{kind}", status)
        assert self.json["requestId"] == self.headers["X-Request-Id"]
        return True


def connected(service, within=30):
    return socket.create_connection(("127.0.0.1", service.port), timeout=within)


def until_closed(connection):
    """All that the service says until it closes the connection."""
    received = b""
    while True:
        try:
            part = connection.recv(65536)
        except ConnectionResetError:
            return received
        if not part:
            return received
        received += part


def exchange(service, sent, half_closes=False):
    """What the service says to these bytes, until it closes the connection."""
    with connected(service) as connection:
        connection.sendall(sent)
        if half_closes:
            connection.shutdown(socket.SHUT_WR)
        return until_closed(connection)


def head(method, path, key=None, *fields):
    lines = [f"{method} {path} HTTP/1.1", "Host: headcount", *fields]
    lines += [f"Authorization: Bearer {key}"] if key else []
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def ask(service, key, method, path, body=None, content_type="application/json"):
    """One request, with the path and the body as they are, on a connection of its own."""
    if isinstance(body, (dict, list)):
        body = json.dumps(body)
    body = body.encode() if isinstance(body, str) else body
    fields = ["Connection: close"]
    if body is not None:
        fields += [f"Content-Length: {len(body)}", f"Content-Type: {content_type}"]
    return Answer(io.BytesIO(exchange(service, head(method, path, key, *fields) + (body or b""))), method)
