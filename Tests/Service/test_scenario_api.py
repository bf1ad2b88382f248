"""Scenarios over HTTP: made, replaced, stopped and removed, their runs, and what contacts' histories say of them."""

import json
import time
import urllib.parse

import pytest

from service import Client, Service, eventually
from webhooks import (
    GENERIC_SECRET, account, comes_to, deliver, is_problem, progress, put_scenario, say, scenario_path, told, worker)

NOBODY = "http://127.0.0.1:1/"
NUMBERS = ["started", "active", "parked", "sending", "finished", "failed", "unknown", "expired", "erased",
           "newlyCounted", "alreadyCounted"]
BODY = {"on": "message", "action": NOBODY}


def put(client, account, id="welcome", **body):
    return client.put(scenario_path(account, id), json=BODY | body)


def say_many(client, account, events):
    raw = json.dumps({"events": events}).encode()
    assert deliver(client, raw, GENERIC_SECRET, f"/webhooks/generic/{account}").json()["events"] == len(events)


def runs(client, account, **query):
    answer = client.get(scenario_path(account, "welcome", "runs"), params=query)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["account"], answer.json()["scenario"]) == (account, "welcome")
    return answer.json()["runs"]


def test_made_and_shown(client, account):
    steps = [{"delay": 0, "action": NOBODY}, {"delay": 900, "action": "https://example.com/later"}]
    body = {"on": "story_reply", "keywords": ["Hi", "\u00e9t\u00e9"], "match": "exact", "steps": steps,
            "coolDown": 604_800, "replyWindow": 3_600, "enabled": False}
    made = client.put(scenario_path(account, "welcome.2"), json=body)
    assert (made.status_code, made.headers["Location"]) == (201, scenario_path(account, "welcome.2"))
    shown = client.get(made.headers["Location"])
    assert shown.json() == made.json()
    created = made.json()["created"]
    assert made.json() == body | dict.fromkeys(NUMBERS, 0) | {
        "account": account, "id": "welcome.2", "who": "tests", "created": created}


def test_what_is_left_out_has_its_default(client, account):
    assert put(client, account).json().items() >= {
        "keywords": [], "match": "any", "steps": [{"delay": 0, "action": NOBODY}], "coolDown": 0, "replyWindow": 86_400,
        "enabled": True}.items()
    assert put(client, account, keywords=["hi"]).json()["match"] == "contains"
    assert put(client, account, replyWindow=None).json()["replyWindow"] is None


def test_replaced(client, account):
    """But for when it was made, what has become of its runs, and whether it is enabled, unless that is told."""
    before = put(client, account, keywords=["hi"], coolDown=60, enabled=False).json()
    say(client, account, "ann", "hi")
    put(client, account, enabled=True)
    say(client, account, "bob", "hi")
    answer = put(client, account, on="comment")
    assert answer.status_code == 200 and "Location" not in answer.headers
    assert answer.json() == before | {
        "on": "comment", "keywords": [], "match": "any", "coolDown": 0, "enabled": True, "started": 1, "active": 1}
    assert put(client, account, enabled=False).json()["enabled"] is False
    assert put(client, account).json()["enabled"] is False, "it stays as it was"


def test_listed_by_id(client, account):
    assert client.get(scenario_path(account)).json() == {"account": account, "scenarios": []}
    for id in ("b", "a.1", "B", "c"):
        assert put(client, account, id).status_code == 201
    listed = client.get(scenario_path(account)).json()
    assert listed["account"] == account
    assert [scenario["id"] for scenario in listed["scenarios"]] == ["B", "a.1", "b", "c"]
    assert listed["scenarios"][2] == client.get(scenario_path(account, "b")).json()


def test_disabled_and_enabled(client, account):
    """Twice is as good as once."""
    before = put(client, account).json()
    for change, is_enabled in [("disable", False), ("disable", False), ("enable", True), ("enable", True)]:
        answer = client.post(scenario_path(account, "welcome", change))
        assert (answer.status_code, answer.json()) == (200, before | {"enabled": is_enabled})
        assert client.get(scenario_path(account, "welcome")).json() == answer.json()


def test_removed_with_its_runs(client, account):
    put(client, account)
    say(client, account, "ann")
    answer = client.delete(scenario_path(account, "welcome"))
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(scenario_path(account)).json()["scenarios"] == []
    assert is_problem(client.delete(scenario_path(account, "welcome")), 404, "not_found", "welcome")
    found = told(client, account, "ann")
    assert (found["runs"], len(found["records"])) == ([], 1), "its history stays"
    again = put(client, account)
    assert (again.status_code, again.json()["started"]) == (201, 0)
    assert say(client, account, "ann")["runs"] == 1


def test_two_hundred_are_the_most(client, account):
    """Others can be replaced all the same."""
    for number in range(200):
        assert put(client, account, f"s{number}").status_code == 201
    assert is_problem(put(client, account, "one-more"), 409, "conflict", "one-more")
    assert put(client, account, "s7", on="comment").status_code == 200
    assert client.delete(scenario_path(account, "s8")).status_code == 204
    assert put(client, account, "one-more").status_code == 201


def test_runs_newest_first_and_by_their_state(client, account, action, worker):
    server = action(lambda request: 400 if request.contact == "ann" else 200)
    put_scenario(client, account, server.url, 86_400)
    for contact in ("ann", "bob", "cleo"):
        say(client, account, contact)
        assert eventually(lambda: server.contacts[-1:] == [contact])
    comes_to(client, account, failed=1, newlyCounted=2, active=2)
    cleo, bob, ann = runs(client, account)
    assert [run["contact"] for run in (cleo, bob, ann)] == ["cleo", "bob", "ann"]
    assert cleo.items() >= {"scenario": "welcome", "run": 3, "state": "waiting", "step": 2, "attempts": 0}.items()
    assert cleo["started"] <= cleo["at"] < cleo["due"]
    assert ann.items() >= {
        "run": 1, "state": "failed", "step": 1, "attempts": 1, "due": None, "reason": "status 400"}.items()
    assert runs(client, account, newest=2) == [cleo, bob]
    assert runs(client, account, state="failed") == [ann]
    assert runs(client, account, state="waiting,failed,failed") == [cleo, bob, ann]
    assert runs(client, account, state="parked,sending,finished,unknown,expired") == []


def test_the_numbers_add_up_at_every_moment(client, account, action, worker):
    """`progress` sees to that, again and again while runs end."""
    assert client.put(f"/v1/accounts/{account}/plan", json={"limit": 1_000}).status_code == 200
    put_scenario(client, account, action().url)
    say_many(client, account, [{"event": "message", "contact": f"contact-{number}"} for number in range(1_000)])
    deadline = time.monotonic() + 60
    while progress(client, account)["finished"] < 1_000:
        assert time.monotonic() < deadline


def test_the_history_of_a_contact(client, account, action, worker):
    server = action()
    put_scenario(client, account, server.url, coolDown=60)
    put_scenario(client, account, server.url, id="off", enabled=False)
    put_scenario(client, account, server.url, id="other", on="comment")
    say(client, account, "ann", id="m1")
    comes_to(client, account, finished=1)
    say(client, account, "ann", id=2)
    found = told(client, account, "ann")
    assert (found["account"], found["contact"], found["runs"]) == (account, "ann", [])
    again, step, first = found["records"]
    assert first["at"] <= step["at"] <= again["at"] == found["lastEvent"]
    off = {"scenario": "off", "reaction": "disabled"}
    assert first["event"] == {
        "kind": "message", "id": "m1", "reactions": [{"scenario": "welcome", "reaction": "started", "run": 1}, off]}
    assert step["step"] == {
        "scenario": "welcome", "run": 1, "step": 1, "outcome": "sent", "attempts": 1, "reason": "newly_counted"}
    assert again["event"] == {
        "kind": "message", "id": "2", "reactions": [{"scenario": "welcome", "reaction": "cooling_down"}, off]}


def test_the_history_has_the_last_hundred_records(client, account):
    say_many(client, account, [{"event": "message", "contact": "ann", "id": number} for number in range(120)])
    found = [record["event"]["id"] for record in told(client, account, "ann")["records"]]
    assert found == [str(number) for number in range(119, 19, -1)]


@pytest.mark.parametrize("contact", ["merge", "history", "a/b", "a b+c", "\u00fc\U0001f48c", "%2F", "x" * 256])
def test_contacts_of_any_name(client, account, contact):
    put(client, account)
    say(client, account, contact)
    found = told(client, account, urllib.parse.quote(contact, safe=""))
    assert found["contact"] == contact
    assert [run["contact"] for run in found["runs"]] == [contact] == [run["contact"] for run in runs(client, account)]


def test_a_contact_that_nobody_knows(client, account):
    assert told(client, account, "nobody") == {
        "account": account, "contact": "nobody", "lastEvent": None, "runs": [], "records": []}
    answer = client.get(f"/v1/accounts/{account}/contacts/a%09b/history")
    assert is_problem(answer, 422, "invalid_contact", "a\\tb")


def test_instances_see_each_others_changes(redis, client, admin_key, account):
    """At once: what an instance believes to know of an account's scenarios is checked with each event."""
    other_service = Service(redis.url)
    try:
        with Client(other_service, admin_key) as other:
            assert say(other, account, "ann")["runs"] == 0
            put(client, account)
            assert say(other, account, "ann")["runs"] == 1
            # A worker is at it.
            assert eventually(lambda: progress(other, account) == progress(client, account))
            client.post(scenario_path(account, "welcome", "disable"))
            assert say(other, account, "bob")["runs"] == 0
            put(client, account, enabled=True, keywords=["hi"])
            assert [say(other, account, "bob", text)["runs"] for text in ("hello", "oh hi!")] == [0, 1]
            client.delete(scenario_path(account, "welcome"))
            assert say(other, account, "cleo", "hi")["runs"] == 0
            assert told(other, account, "cleo")["records"][0]["event"]["reactions"] == []
    finally:
        other_service.close()
