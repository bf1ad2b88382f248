"""Bodies that are wrong, on purpose or not: each gets a problem document, nobody is counted by them, and the service
goes on."""

import io
import json

import pytest

from hostile import ACTIVATIONS, MIB, VICTIM, Answer, ask, connected, head, unharmed, until_closed, victim


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
], ids=lambda value: repr(value[:60]))
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
