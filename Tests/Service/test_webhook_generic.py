"""The webhook of all other channels, which is signed with a secret of the account's own."""

import json
import os
import re
import subprocess

import pytest

from service import HEADCOUNT, ROOT, Client, clean_environment, eventually, run
from webhooks import KINDS, add_scenario, deliver, set_secrets, set_up, signature, tally, told

SECRET, OTHER_SECRET = "secret-of-the-account-1", "secret-of-the-account-2"
EVENT = {"event": "message", "contact": "ann", "id": "sms-1", "text": "Hi there"}


@pytest.fixture
def linked(client, account):
    """The account, with a scenario for each kind, and a secret."""
    set_up(client, account)
    set_secrets(client, account, SECRET)
    return account


def send(client, account, document, secret=SECRET):
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return deliver(client, raw, secret, f"/webhooks/generic/{account}")


def receipt(answer):
    """Its numbers, in order: events, runs, duplicates, ignored."""
    assert answer.status_code == 200, answer.text
    return [answer.json()[name] for name in ("events", "runs", "duplicates", "ignored")]


def is_problem(answer, status, kind):
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{kind}"), answer.text
    return True


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_starts_its_scenario(client, linked, kind):
    assert receipt(send(client, linked, {"event": kind, "contact": "ann"})) == [1, 1, 0, 0]
    assert [run["scenario"] for run in told(client, linked, "ann")["runs"]] == [kind]


def test_the_action_is_told_what_the_sender_said(client, account, action, start_worker):
    server = action()
    set_up(client, account, server.url)
    set_secrets(client, account, SECRET)
    event = {"event": "postback", "contact": "phone:+33612345678", "id": 99_999_999_999_999_999_999, "text": "\u00e9",
             "at": "2019-09-23T20:14:45+02:00", "details": {"list": "vip", "empty": ""}, "something new": [1]}
    assert receipt(send(client, account, event)) == [1, 1, 0, 0]
    start_worker()
    assert eventually(lambda: server.requests)
    called = server.requests[0].json
    assert (called["account"], called["contact"]) == (account, "phone:+33612345678")
    assert called["event"] == {"kind": "postback", "id": "99999999999999999999", "text": "\u00e9",
                               "details": {"list": "vip", "empty": ""}, "at": "2019-09-23T18:14:45Z"}


@pytest.mark.parametrize("at", [1795508160, "1795508160", 1795508160000, "1795508160000", "2026-11-24T08:16:00Z"])
def test_times_as_senders_write_them(client, linked, at):
    assert receipt(send(client, linked, EVENT | {"at": at})) == [1, 1, 0, 0]


def test_one_id_twice_is_one_event(client, linked):
    assert receipt(send(client, linked, EVENT)) == [1, 1, 0, 0]
    assert receipt(send(client, linked, EVENT)) == [1, 0, 1, 0]
    assert receipt(send(client, linked, {"events": [EVENT, EVENT | {"text": "other"}]})) == [2, 0, 2, 0]
    assert receipt(send(client, linked, EVENT | {"event": "comment"})) == [1, 1, 0, 0]


@pytest.mark.parametrize("more", [{}, {"id": None}, {"id": ""}])
def test_events_without_an_id_are_new_each_time(client, linked, more):
    events = [{"event": "message", "contact": f"contact-{number}"} | more for number in range(3)]
    assert receipt(send(client, linked, {"events": events})) == [3, 3, 0, 0]
    assert receipt(send(client, linked, {"events": events})) == [3, 0, 0, 0], "their contacts are busy"


def test_up_to_a_thousand_events(client, linked):
    events = [{"event": "message", "contact": f"contact-{number}", "id": number} for number in range(1_001)]
    assert is_problem(send(client, linked, {"events": events}), 400, "invalid_body")
    assert is_problem(send(client, linked, {"events": []}), 400, "invalid_body")
    assert receipt(send(client, linked, {"events": events[:-1]})) == [1_000, 1_000, 0, 0]


def test_kinds_that_are_not_known_are_ignored(client, linked):
    before = tally(client, "generic")
    assert receipt(send(client, linked, {"event": "purchase", "contact": "bob"})) == [0, 0, 0, 1]
    assert receipt(send(client, linked, {"events": [{"event": "purchase", "contact": "bob"}, EVENT]})) == [1, 1, 0, 1]
    assert tally(client, "generic") - before == {"unknown_kind": 2, "taken": 1}
    assert told(client, linked, "bob")["records"] == []


@pytest.mark.parametrize("document, status, kind", [
    (b"", 400, "malformed_json"),
    (b"{", 400, "malformed_json"),
    (b"event=message&contact=ann", 400, "malformed_json"),
    ([EVENT], 400, "invalid_body"),
    ({}, 400, "invalid_body"),
    ({"event": "message"}, 400, "invalid_body"),
    ({"contact": "ann"}, 400, "invalid_body"),
    ({"event": "message", "contact": None}, 400, "invalid_body"),
    ({"event": "purchase"}, 400, "invalid_body"),
    ({"event": "", "contact": "ann"}, 400, "invalid_body"),
    ({"event": 5, "contact": "ann"}, 400, "invalid_body"),
    (EVENT | {"contact": {}}, 400, "invalid_body"),
    (EVENT | {"contact": 1.5}, 400, "invalid_body"),
    (EVENT | {"id": []}, 400, "invalid_body"),
    (EVENT | {"text": 5}, 400, "invalid_body"),
    (EVENT | {"at": "soon"}, 400, "invalid_body"),
    (EVENT | {"details": []}, 400, "invalid_body"),
    (EVENT | {"details": {"a": 1}}, 400, "invalid_body"),
    (EVENT | {"details": {f"d{number}": "x" for number in range(65)}}, 400, "invalid_body"),
    ({"events": {}}, 400, "invalid_body"),
    ({"events": [5]}, 400, "invalid_body"),
    (EVENT | {"contact": ""}, 422, "invalid_contact"),
    (EVENT | {"contact": "a\nb"}, 422, "invalid_contact"),
    (EVENT | {"contact": "x" * 257}, 422, "invalid_contact"),
])
def test_what_is_no_event_is_refused(client, linked, document, status, kind):
    before = tally(client, "generic")
    assert is_problem(send(client, linked, document), status, kind)
    assert tally(client, "generic") - before == {"refused: malformed": 1}


@pytest.mark.parametrize("wrong", [
    {}, {"event": "message"}, {"event": "message", "contact": ""}, EVENT | {"at": "soon"}])
def test_of_events_among_which_one_is_wrong_none_is_taken(client, linked, wrong):
    assert send(client, linked, {"events": [EVENT, wrong]}).status_code in (400, 422)
    assert told(client, linked, "ann")["records"] == []
    assert receipt(send(client, linked, EVENT)) == [1, 1, 0, 0]


def test_five_mebibytes_are_too_much(client, linked):
    before = tally(client, "generic")
    assert is_problem(send(client, linked, EVENT | {"text": "x" * (5 << 20)}), 413, "content_too_large")
    assert tally(client, "generic") - before == {"refused: too_large": 1}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_other_methods(client, linked, method):
    answer = client.request(method, f"/webhooks/generic/{linked}")
    assert is_problem(answer, 405, "method_not_allowed") and answer.headers["Allow"] == "POST"


# Who may send


def test_who_cannot_sign_learns_nothing_of_accounts(client, linked):
    """All answers are alike: whether the account is linked, there is none, or there can't be one."""
    set_up(client, f"{linked}-unlinked")
    paths = [linked, f"{linked}-unlinked", "acct_nobody", "x" * 129, "a b", "%00", "%ZZ", "..%2Fadmin", "%7Bx%7D"]
    answers = []
    for path in paths:
        for raw in (json.dumps(EVENT).encode(), b"no JSON", b""):
            for header in (None, "sha256=", signature(raw, OTHER_SECRET), signature(raw, "")):
                headers = {} if header is None else {"X-Hub-Signature-256": header}
                answers.append(client.post(f"/webhooks/generic/{path}", data=raw, headers=headers))
    alike = set()
    for answer in answers:
        kept = {name: value for name, value in answer.headers.items() if name not in ("X-Request-Id", "Date")}
        document = {name: value for name, value in answer.json().items() if name != "requestId"}
        alike.add((answer.status_code, json.dumps(kept), json.dumps(document)))
    assert {status for status, _, _ in alike} == {401} and len(alike) == 1
    assert told(client, linked, "ann")["records"] == []


def test_each_account_has_its_own_secret(client, linked):
    other = f"{linked}-other"
    set_secrets(client, other, OTHER_SECRET)
    assert is_problem(send(client, other, EVENT), 401, "unauthenticated")
    assert is_problem(send(client, linked, EVENT, OTHER_SECRET), 401, "unauthenticated")
    assert receipt(send(client, other, EVENT, OTHER_SECRET)) == [1, 0, 0, 0]


def test_while_secrets_change_both_will_do_and_later_only_the_new_one(service, client, linked):
    """Without a restart: what is linked holds from the next webhook on."""
    for secrets, right in [((SECRET,), {SECRET}), ((SECRET, OTHER_SECRET), {SECRET, OTHER_SECRET}),
                           ((OTHER_SECRET,), {OTHER_SECRET})]:
        set_secrets(client, linked, *secrets)
        accepted = {secret for secret in (SECRET, OTHER_SECRET, f"{SECRET}\n{OTHER_SECRET}", "")
                    if send(client, linked, EVENT, secret).status_code == 200}
        assert accepted == right
    assert client.delete(f"/v1/accounts/{linked}/channels/generic").status_code == 204
    assert is_problem(send(client, linked, EVENT, OTHER_SECRET), 401, "unauthenticated")


@pytest.mark.parametrize("secret", ["\u00e9" * 8, "with spaces and, commas", " leading and trailing ", "x" * 256])
def test_secrets_of_all_kinds(client, linked, secret):
    set_secrets(client, linked, secret)
    assert receipt(send(client, linked, EVENT, secret)) == [1, 1, 0, 0]


@pytest.mark.parametrize("end", ["\n", "\r", "\r\n"], ids=["LF", "CR", "CRLF"])
def test_secrets_with_line_ends_are_refused(client, linked, end):
    """As of a file from elsewhere: whoever copies them from there leaves the end out."""
    secrets = {"secrets": [SECRET + end, OTHER_SECRET]}
    assert is_problem(client.put(f"/v1/accounts/{linked}/channels/generic", json=secrets), 422, "invalid_channel")
    assert send(client, linked, EVENT).status_code == 200


def test_no_key_is_needed_and_none_helps(service, client, linked):
    raw = json.dumps(EVENT).encode()
    assert is_problem(client.post(f"/webhooks/generic/{linked}", data=raw), 401, "unauthenticated")
    with Client(service) as nobody:
        assert receipt(send(nobody, linked, EVENT)) == [1, 1, 0, 0]


def test_the_example_of_the_documentation(redis, service, account, tmp_path):
    """As a shell runs it."""
    text = (ROOT / "docs/scenarios.md").read_text().replace("acct_42", account)
    lines = re.search(r"^    SECRET=.*?\n(?=    \{)", text, re.MULTILINE | re.DOTALL)[0]
    expected = text.partition(lines)[2].splitlines()[0].strip()
    add_scenario(redis, account, "http://127.0.0.1:1/", on="message")
    (tmp_path / "headcount").symlink_to(HEADCOUNT)
    environment = clean_environment({"HEADCOUNT_REDIS_URL": redis.url, "PATH": f"{tmp_path}:{os.environ['PATH']}"})
    done = subprocess.run(
        ["bash", "-euc", lines.replace("https://headcount.example", service.url)], capture_output=True, text=True,
        env=environment)
    assert done.stdout.endswith(expected), done.stderr
    assert "generic\t1 secret\n" in run("channel", "list", account, redis=redis).stdout
