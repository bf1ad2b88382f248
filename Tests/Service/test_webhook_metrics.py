"""What /metrics says of webhooks: what became of each update, and why webhooks were refused."""

import json

import pytest

from metrics import scrape
from service import Service
from webhooks import ENVIRONMENT, body, comment, deliver, entry, message, set_secrets, set_up, tally

SECRET = "secret-of-a-generic-webhook"
EVENTS, REFUSALS = "headcount_webhook_events_total", "headcount_webhook_refusals_total"


@pytest.fixture(scope="module")
def service(redis):
    service = Service(redis.url, "--metrics", environment=ENVIRONMENT)
    yield service
    service.close()


def test_all_of_it_is_there_from_the_start_at_0(client):
    """So that a first increase is seen as one."""
    found = scrape(client)
    results = {"taken", "duplicate", "unmatched", "refrained", "unknown_kind"}
    assert results | {"echo", "own", "read", "test", "unknown_account"} <= labels(found, EVENTS, "instagram")
    assert labels(found, EVENTS, "generic") == results
    for channel in ("instagram", "generic"):
        assert labels(found, REFUSALS, channel) >= {"signature", "malformed", "too_large"}
    assert found(EVENTS) == found(REFUSALS) == 0


def labels(found, name, channel):
    """What a series of that channel is told apart by."""
    return {value for (each, pairs) in found.samples if each == name and ("channel", channel) in pairs
            for label, value in pairs if label != "channel"}


def test_what_became_of_events(client, account):
    """By whether a run was started, none was because of the contact, or no scenario has such a trigger."""
    instagram = set_up(client, account, kinds=["comment"])
    set_secrets(client, account, SECRET)
    before = tally(client), tally(client, "generic")
    assert deliver(client, body(entry(instagram, [message("ann", "m1")], [comment("ann", "c1"), comment("ann", "c2")],
                                      [message("ann", "m1")]))).status_code == 200
    events = {"events": [{"event": event, "contact": "bob", "id": id} for event, id in
                         [("comment", 1), ("comment", 1), ("comment", 2), ("mention", 3), ("purchase", 4)]]}
    assert deliver(client, json.dumps(events).encode(), SECRET, f"/webhooks/generic/{account}").status_code == 200
    assert tally(client) - before[0] == {"unmatched": 1, "duplicate": 1, "taken": 1, "refrained": 1}
    assert tally(client, "generic") - before[1] == {
        "unmatched": 1, "duplicate": 1, "taken": 1, "refrained": 1, "unknown_kind": 1}


def test_events_of_a_disabled_scenario_are_refrained_from(client, account):
    instagram = set_up(client, account, kinds=["comment"])
    assert client.post(f"/v1/accounts/{account}/scenarios/comment/disable").status_code == 200
    before = tally(client)
    assert deliver(client, body(entry(instagram, changes=[comment("ann", "c1")]))).json()["runs"] == 0
    assert tally(client) - before == {"refrained": 1}


def test_an_event_that_starts_several_scenarios_is_counted_once(client, account):
    instagram = set_up(client, account)
    also = {"on": "comment", "keywords": ["price"], "action": "http://127.0.0.1:1/"}
    assert client.put(f"/v1/accounts/{account}/scenarios/also", json=also).status_code == 201
    before = tally(client)
    answer = deliver(client, body(entry(instagram, changes=[comment("ann", "c1", "what PRICE?")])))
    assert answer.json() == {"events": 1, "runs": 2, "duplicates": 0, "ignored": 0}
    assert tally(client) - before == {"taken": 1}


@pytest.mark.parametrize("path", ["/webhooks/instagram", "/webhooks/generic/ACCOUNT"])
@pytest.mark.parametrize("raw, secret, reason", [
    (b"{}", "another secret", "signature"),
    (b"{", None, "malformed"),
    (b"[]", None, "malformed"),
    (b" " * (5 << 20), None, "too_large"),
    (b" " * (5 << 20), "another secret", "too_large"),
])
def test_why_webhooks_were_refused(client, account, path, raw, secret, reason):
    set_secrets(client, account, SECRET)
    channel = path.split("/")[2]
    before = tally(client), tally(client, "generic")
    right = [SECRET] if channel == "generic" else []
    answer = deliver(client, raw, *([secret] if secret else right), path=path.replace("ACCOUNT", account))
    assert 400 <= answer.status_code < 500
    after = tally(client), tally(client, "generic")
    found = {name: new - old for name, new, old in zip(("instagram", "generic"), after, before)}
    assert found == {"instagram": {}, "generic": {}} | {channel: {f"refused: {reason}": 1}}


def test_refusals_are_no_failures_of_the_apis_authentication(client):
    before = scrape(client)("headcount_authentication_failures_total")
    deliver(client, b"{}", "another secret")
    assert scrape(client)("headcount_authentication_failures_total") == before


def test_requests_are_counted_by_route_without_the_account(client, account):
    deliver(client, b"{}", SECRET, f"/webhooks/generic/{account}")
    deliver(client, b"{}", "another secret")
    found = scrape(client)
    for route in ("/webhooks/generic/{account}", "/webhooks/instagram"):
        assert found("headcount_http_requests_total", route=route, method="POST", status="401") >= 1
    assert f"generic/{account}" not in found.text


def test_no_label_holds_what_somebody_sent(client, account):
    instagram = set_up(client, account)
    deliver(client, body(entry(instagram, [message("contact-471147114711", "m-471147114711", "text-471147114711")],
                               [{"field": "field-471147114711", "value": "value-471147114711"}])))
    deliver(client, body(entry("471147114711", [message("contact-471147114711", "m-471147114711")])))
    text = scrape(client).text
    assert "471147114711" not in text and instagram not in text and account not in text
