"""Requests that are wrong, on purpose or not: each gets a problem document or a closed connection, nobody is counted by
them, and the service goes on."""

import concurrent.futures
import http.client
import io
import itertools
import json
import os
import resource
import socket
import threading
import time

import pytest

from service import eventually

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


# Bodies


@pytest.mark.parametrize("body, kind", [
    ("", "malformed_json"),
    ("{", "malformed_json"),
    ("hello", "malformed_json"),
    ("{'contact': 'ann', 'by': 'campaign:spring'}", "malformed_json"),
    ('{"contact": "dora", "by": "campaign:spring"} and more', "malformed_json"),
    ('{"contact": "dora", "by": "campaign:spring"', "malformed_json"),
    (b'{"contact": "\xff\xfe", "by": "campaign:spring"}', "malformed_json"),
    (b"\x00" * 100, "malformed_json"),
    ("[" * 100_000, "malformed_json"),
    ('{"contact":' * 100_000, "malformed_json"),
    ("null", "invalid_body"),
    ("[]", "invalid_body"),
    ('"dora"', "invalid_body"),
    ("{}", "invalid_body"),
    ('{"contact": "dora"}', "invalid_body"),
    ('{"by": "campaign:spring"}', "invalid_body"),
    ('{"contact": 1, "by": "campaign:spring"}', "invalid_body"),
    ('{"contact": null, "by": "campaign:spring"}', "invalid_body"),
    ('{"contact": ["dora"], "by": "campaign:spring"}', "invalid_body"),
    ('{"contact": {"id": "dora"}, "by": "campaign:spring"}', "invalid_body"),
    ('{"contact": "dora", "by": 7}', "invalid_body"),
    ('{"contact": "dora", "by": null}', "invalid_body"),
    ('{"contacts": "dora", "by": "campaign:spring"}', "invalid_body"),
    ('{"contacts": ["dora", 1], "by": "campaign:spring"}', "invalid_body"),
    ('{"contacts": ["dora", null], "by": "campaign:spring"}', "invalid_body"),
    ('{"contacts": [], "by": "campaign:spring"}', "invalid_body"),
    ('{"contact": "dora", "contacts": ["eve"], "by": "campaign:spring"}', "invalid_body"),
    ('{"contact": "dora", "by": "campaign:spring", "force": true}', "unknown_field"),
    ('{"Contact": "dora", "by": "campaign:spring"}', "unknown_field"),
])
def test_a_body_that_is_no_question(service, admin_key, body, kind):
    assert ask(service, admin_key, "POST", ACTIVATIONS, body).is_problem(400, kind)


@pytest.mark.parametrize("body, status, kind", [
    ({"limit": "many"}, 400, "invalid_body"),
    ({"limit": 2.5}, 400, "invalid_body"),
    ({"limit": 10**30}, 400, "invalid_body"),
    ({"limit": True}, 400, "invalid_body"),
    ({"limit": None}, 400, "invalid_body"),
    ({"mode": 1}, 400, "invalid_body"),
    ({"effect": "now"}, 400, "invalid_body"),
    ({"tier": 2}, 400, "unknown_field"),
    ({"limit": -1}, 422, "invalid_plan"),
    ({"limit": 1_000_000_001}, 422, "invalid_plan"),
    ({"plan": "gold"}, 422, "invalid_plan"),
    ({"mode": "HARD"}, 422, "invalid_plan"),
    ({"zone": "Paris"}, 422, "invalid_plan"),
    ({"zone": "../../etc/passwd"}, 422, "invalid_plan"),
    ({"startDay": 0}, 422, "invalid_plan"),
    ({"startDay": 29}, 422, "invalid_plan"),
    ({"limit": 5, "effect": "tomorrow"}, 422, "invalid_plan"),
])
def test_a_plan_that_there_is_not(service, admin_key, body, status, kind):
    path = f"/v1/accounts/{VICTIM}/plan"
    assert ask(service, admin_key, "PUT", path, body).is_problem(status, kind)
    assert ask(service, admin_key, "GET", path).json["version"] == 0, "nothing was changed"


def test_ten_thousand_contacts_and_no_more(service, admin_key, account):
    path = f"/v1/accounts/{account}/activations"
    contacts = [f"contact-{number}" for number in range(10_001)]
    refused = ask(service, admin_key, "POST", path, {"contacts": contacts, "by": "campaign:spring"})
    assert refused.is_problem(400, "invalid_body")
    assert "10001" in refused.json["detail"]
    answer = ask(service, admin_key, "POST", path, {"contacts": contacts[:-1], "by": "campaign:spring"})
    assert answer.status == 200
    assert len(answer.json["results"]) == 10_000
    assert (answer.json["activated"], answer.json["limitReached"]) == (100, 9_900)


@pytest.mark.parametrize("content_type", [
    "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/jsonp",
    "application/problem+json", "application/json, text/plain", "json", "\u00e9",
])
def test_another_content_type(service, admin_key, content_type):
    body = {"contact": "dora", "by": "campaign:spring"}
    answer = ask(service, admin_key, "POST", ACTIVATIONS, body, content_type)
    assert answer.is_problem(415, "unsupported_media_type")


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_json_under_its_names(service, admin_key, content_type):
    body = {"contact": "ann", "by": "campaign:spring"}
    assert ask(service, admin_key, "POST", ACTIVATIONS, body, content_type).status == 200


def big_body(size):
    """A question that would count somebody, if it were not so long."""
    frame = json.dumps({"contacts": ["dora", ""], "by": "campaign:spring"})
    return frame.replace('""', '"' + "x" * (size - len(frame)) + '"').encode()


def test_five_mebibytes_are_too_much_and_the_client_is_told(client):
    """The client gets to read the answer, though it sends all before it looks."""
    body = big_body(5 * MIB)
    for sent in (body, iter([body[start:start + 65536] for start in range(0, len(body), 65536)])):
        answer = client.post(ACTIVATIONS, data=sent, headers={"Content-Type": "application/json"})
        assert answer.status_code == 413, answer.text
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["type"] == "/problems/content_too_large"


def test_four_mebibytes_are_read(client):
    answer = client.post(ACTIVATIONS, data=big_body(4 * MIB), headers={"Content-Type": "application/json"})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid_contact")


def test_a_length_that_is_too_much_is_refused_before_the_body(service, admin_key):
    """Nobody has to send five gigabytes to learn that."""
    with connected(service) as connection:
        connection.sendall(head("POST", ACTIVATIONS, admin_key, f"Content-Length: {5000 * MIB}"))
        assert Answer(connection.makefile("rb")).is_problem(413, "content_too_large")
        assert until_closed(connection) == b""


def test_a_client_that_waits_for_leave_to_send_gets_it(service, admin_key):
    """curl and others ask before they send more than a mebibyte, and else wait a second each time."""
    body = json.dumps({"contact": "ann", "by": "campaign:spring"}).encode()
    with connected(service, within=5) as connection:
        fields = (f"Content-Length: {len(body)}", "Expect: 100-continue", "Connection: close")
        connection.sendall(head("POST", ACTIVATIONS, admin_key, *fields))
        assert connection.recv(65536).startswith(b"HTTP/1.1 100 Continue\r\n")
        connection.sendall(body)
        assert Answer(io.BytesIO(until_closed(connection))).status == 200


# Ids


@pytest.mark.parametrize("id", [
    "%00", "a%00b", "%FF", "%C0%80", "%ED%A0%80", "a%2Fb", "a%0Ab", "a%0D%0Ab", "%7Bacct_victim%7D", "a%7Bb", "%C3%A9",
    "a%20b", "a+b", "a%5Cb", "a%25b", "%E2%80%AE", "*", "%", "a%zz", "a%2", "a" * 129,
])
def test_an_account_that_there_cannot_be(service, admin_key, redis, id):
    keys = redis.cli("DBSIZE")
    body = {"contact": "dora", "by": "campaign:spring"}
    for answer in (
        ask(service, admin_key, "GET", f"/v1/accounts/{id}/usage"),
        ask(service, admin_key, "POST", f"/v1/accounts/{id}/activations", body),
        ask(service, admin_key, "PUT", f"/v1/accounts/{id}/plan", {"limit": 1}),
    ):
        assert answer.is_problem(422, "invalid_account")
        assert len(answer.json["value"]) <= 100
    assert redis.cli("DBSIZE") == keys


@pytest.mark.parametrize("id", [
    "%00", "a%00b", "%FF", "%C0%80", "%ED%A0%80", "a%0Ab", "%7F", "%C2%85", "%", "a%zz", "a" * 257, "%C3%A9" * 129,
])
def test_a_contact_that_there_cannot_be(service, admin_key, id):
    answer = ask(service, admin_key, "GET", f"/v1/accounts/{VICTIM}/contacts/{id}")
    assert answer.is_problem(422, "invalid_contact")


@pytest.mark.parametrize("contact", ["", "a\x00b", "a\nb", "a\x7fb", "a\x85b", "a" * 257, "\u00e9" * 129])
def test_one_bad_contact_among_many_counts_nobody(service, admin_key, contact):
    for body in ({"contact": contact}, {"contacts": ["dora", contact, "eve"]}):
        answer = ask(service, admin_key, "POST", ACTIVATIONS, body | {"by": "campaign:spring"})
        assert answer.is_problem(422, "invalid_contact")


@pytest.mark.parametrize("action", ["", ":", "campaign:", "Campaign:spring", "newsletter", "a" * 33, "campaign:a\nb"])
def test_an_action_that_there_is_not(service, admin_key, action):
    answer = ask(service, admin_key, "POST", ACTIVATIONS, {"contact": "dora", "by": action})
    assert answer.is_problem(422, "invalid_action")


@pytest.mark.parametrize("contact", [
    "a/b", "a b", "a+b", "..", ".", "a%b", "a" * 256, "\u00e9" * 128, "\U0001f600", "<script>",
])
def test_a_strange_contact_is_still_one(service, admin_key, account, contact):
    """What can be counted can be asked for, under the same name."""
    body = {"contact": contact, "by": "campaign:spring"}
    assert ask(service, admin_key, "POST", f"/v1/accounts/{account}/activations", body).json["verdict"] == "activated"
    escaped = "".join(f"%{byte:02X}" for byte in contact.encode())
    answer = ask(service, admin_key, "GET", f"/v1/accounts/{account}/contacts/{escaped}")
    assert (answer.json["contact"], answer.json["activated"]) == (contact, True)


def test_a_control_character_is_shown_escaped_once(service, admin_key):
    answer = ask(service, admin_key, "GET", f"/v1/accounts/{VICTIM}/contacts/ann%07bob")
    assert answer.json["value"] == r"ann\u{07}bob"


# Queries


@pytest.mark.parametrize("query, status, kind", [
    ("usage?when=2026-11", 400, "invalid_query"),
    ("usage?PERIOD=2026-11", 400, "invalid_query"),
    ("usage?period=2026-11&period=2026-11", 400, "invalid_query"),
    ("usage?period=2026-11&%70eriod=2026-12", 400, "invalid_query"),
    ("usage?period=%FF", 400, "invalid_query"),
    ("usage?period=%zz", 400, "invalid_query"),
    ("usage?period=", 422, "invalid_period"),
    ("usage?period", 422, "invalid_period"),
    ("usage?period=2026-13", 422, "invalid_period"),
    ("usage?period=2026-11-29", 422, "invalid_period"),
    ("usage?period=2026-11%00", 422, "invalid_period"),
    ("usage?period=99999-01", 422, "invalid_period"),
    ("daily?period=november", 422, "invalid_period"),
    ("contacts/ann?period=november", 422, "invalid_period"),
    ("contacts?period=november", 422, "invalid_period"),
    ("history?period=2026-11", 400, "invalid_query"),
    ("plan?verbose=1", 400, "invalid_query"),
    ("contacts?limit=0", 400, "invalid_query"),
    ("contacts?limit=1001", 400, "invalid_query"),
    ("contacts?limit=-1", 400, "invalid_query"),
    ("contacts?limit=1e2", 400, "invalid_query"),
    ("contacts?limit=", 400, "invalid_query"),
    ("contacts?limit=99999999999999999999", 400, "invalid_query"),
    ("contacts?cursor=x", 400, "invalid_query"),
    ("contacts?cursor=-1", 400, "invalid_query"),
    ("contacts?cursor=99999999999999999999", 400, "invalid_query"),
])
def test_a_query_that_asks_for_nothing_there_is(service, admin_key, query, status, kind):
    assert ask(service, admin_key, "GET", f"/v1/accounts/{VICTIM}/{query}").is_problem(status, kind)


@pytest.mark.parametrize("query", ["near=101", "near=-1", "near=x", "limit=0", "limit=1001", "offset=-1", "far=1"])
def test_a_list_that_there_is_not(service, admin_key, query):
    assert ask(service, admin_key, "GET", f"/v1/accounts?{query}").is_problem(400, "invalid_query")


def test_a_question_has_no_query_either(service, admin_key):
    body = {"contact": "dora", "by": "campaign:spring"}
    assert ask(service, admin_key, "POST", ACTIVATIONS + "?dry=1", body).is_problem(400, "invalid_query")


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
    "/v1", "/v1/accounts/x", "/v2/accounts", "/v1/accounts/x/usage/more", "/.git/config", "/healthz/x", "/%2E%2E/etc/passwd",
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


# Slowness


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
