"""Runs of scenarios: what an event starts, what the action is sent, and what starts nothing."""

import hashlib
import hmac

import pytest

from campaigns import usage
from service import Service, eventually, run
from webhooks import ENVIRONMENT, account, add_scenario, body, comes_to, comment, deliver, entry, instagram_id, link
from webhooks import progress, put_scenario, say, story, worker

SECRET = "0123456789abcdef"
NOBODY = "http://127.0.0.1:1/send"


@pytest.fixture(scope="module")
def service(redis):
    service = Service(redis.url, environment=ENVIRONMENT)
    yield service
    service.close()


# What the action is sent


def test_a_comment_with_a_keyword_is_answered(redis, client, account, action, start_worker):
    server, instagram = action(), instagram_id()
    link(redis, account, instagram)
    add_scenario(redis, account, server.url, "--keyword", "price")
    start_worker(environment={"HEADCOUNT_SIGNING_SECRET": SECRET})
    id = f"{account}-comment"
    raw = body(entry(instagram, changes=[comment("17841400008460056", id, "What PRICE?", parent_id="c0")]))
    assert deliver(client, raw).status_code == 200
    comes_to(client, account, finished=1, newlyCounted=1)
    [request] = server.requests
    assert (request.method, request.path, request.headers["content-type"]) == ("POST", "/send", "application/json")
    signature = hmac.new(SECRET.encode(), request.body, hashlib.sha256).hexdigest()
    assert request.headers["x-headcount-signature-256"] == f"sha256={signature}"
    assert request.key
    sent = request.json
    event = sent.pop("event")
    assert sent == {"account": account, "contact": "17841400008460056", "automation": "scenario:welcome", "run": 1,
                    "step": 1, "attempt": 1}
    details = event.pop("details")
    assert event == {"kind": "comment", "id": id, "text": "What PRICE?", "at": "2026-09-21T14:13:20Z"}
    assert details.items() >= {"media": "m1", "parent_id": "c0", "username": "somebody"}.items()
    assert usage(redis, account)["used"] == 1


def test_what_an_event_does_not_say_is_null(client, account, action, worker):
    server = action()
    put_scenario(client, account, server.url)
    say(client, account, "ann", text=None)
    assert eventually(lambda: server.requests)
    assert server.requests[0].json["event"] == {
        "kind": "message", "id": None, "text": None, "at": None, "details": {}}


def test_an_event_is_handed_on_as_it_came(client, account, action, worker):
    server = action()
    put_scenario(client, account, server.url, on="postback", replyWindow=None)
    details = {"payload": "Größe \"L\" / 💌", "n\u00fc": "\u2028", "long": "x" * 900}
    text = " <b>\\ \u0130 \t e\u0301 🏳️‍🌈\n"
    say(client, account, "Zoë \"Z\" / 💌", text, event="postback", id="ÿ 1", at="2026-11-24T08:16:00Z", details=details)
    assert eventually(lambda: server.requests)
    assert server.contacts == ["Zoë \"Z\" / 💌"]
    assert server.requests[0].json["event"] == {
        "kind": "postback", "id": "ÿ 1", "text": text, "at": "2026-11-24T08:16:00Z", "details": details}


def test_a_run_has_a_key_of_its_own(client, account, action, worker):
    server = action()
    put_scenario(client, account, server.url)
    put_scenario(client, account, server.url, id="other")
    for finished in (1, 2):
        for contact in ("ann", "bob"):
            say(client, account, contact)
        comes_to(client, account, finished=2 * finished)
        comes_to(client, account, id="other", finished=2 * finished)
    assert len({request.key for request in server.requests}) == len(server.requests) == 8


def test_a_contact_counts_once_whatever_touches_it(redis, client, account, action, worker):
    server = action()
    put_scenario(client, account, server.url)
    client.activate(account, "bob")
    for contact in ("ann", "bob"):
        say(client, account, contact)
    comes_to(client, account, finished=2, newlyCounted=1, alreadyCounted=1)
    say(client, account, "ann")
    comes_to(client, account, finished=3, newlyCounted=1, alreadyCounted=2)
    assert client.activate(account, "ann").json()["verdict"] == "already_activated"
    assert usage(redis, account)["used"] == 2


# Keywords


@pytest.mark.parametrize("match, keyword, text, is_match", [
    ("contains", "price", "What PRICE is it?", True),
    ("contains", "price", "rice", False),
    ("contains", "Straße", "in der STRASSE", True),
    ("contains", "STRASSE", "straße", True),
    ("contains", "İstanbul", "İSTANBUL!", True),
    ("contains", "İstanbul", "i\u0307stanbul", True),
    ("contains", "İstanbul", "istanbul", True),
    ("contains", "istanbul", "İSTANBUL", True),
    ("contains", "istanbul", "ISTANBUL", True),
    ("contains", "ΣΊΣΥΦΟΣ", "ο σίσυφος", True),
    ("contains", "price", "the ｐｒｉｃｅ", True),
    ("contains", "café", "CAFE\u0301?", True),
    ("contains", "cafe\u0301", "Café", True),
    ("contains", "café", "cafe", False),
    ("contains", "🔥", "so 🔥🔥", True),
    ("contains", "❤️", "I \u2764 it", True),
    ("contains", "\u2764", "I ❤️ it", True),
    ("exact", "good day", "  GOOD \n day ", True),
    ("exact", "hi", "hi there", False),
    ("exact", "hi", "hi!", False),
    ("exact", "hi", None, False),
    ("contains", "hi", "", False),
])
def test_keywords(client, account, match, keyword, text, is_match):
    put_scenario(client, account, NOBODY, keywords=["another", keyword], match=match)
    assert say(client, account, "ann", text)["runs"] == is_match
    # A worker may have tried to send by now.
    assert story(client, account, "ann")[0] == ("welcome started" if is_match else "nothing")


@pytest.mark.parametrize("text", ["", " ", None, "whatever"])
def test_without_keywords_whatever_the_text_is(client, account, text):
    put_scenario(client, account, NOBODY, match="any")
    assert say(client, account, "ann", text)["runs"] == 1


def test_other_kinds_of_event_start_nothing(client, account):
    put_scenario(client, account, NOBODY, on="message")
    for event in ("comment", "postback", "story_reply", "mention"):
        assert say(client, account, "ann", event=event)["runs"] == 0
    assert (story(client, account, "ann"), progress(client, account)["started"]) == (["nothing"] * 4, 0)


# One at a time


def test_a_contact_has_one_run_of_a_scenario_at_a_time(client, account, action, worker):
    server = action()
    server.hold()
    put_scenario(client, account, server.url)
    assert say(client, account, "ann")["runs"] == 1
    assert eventually(lambda: server.under_way == 1)
    assert (say(client, account, "ann")["runs"], say(client, account, "bob")["runs"]) == (0, 1)
    server.release()
    comes_to(client, account, finished=2)
    assert story(client, account, "ann") == ["welcome started", "welcome busy", "welcome step 1 sent"]
    assert say(client, account, "ann")["runs"] == 1
    comes_to(client, account, started=3, finished=3)
    assert sorted(server.contacts) == ["ann", "ann", "bob"]


def test_an_event_starts_each_scenario_that_it_triggers(redis, client, account, action, worker):
    servers = {id: action() for id in ("a", "b", "c")}
    for id, keyword in (("a", "price"), ("b", "what"), ("c", "other")):
        put_scenario(client, account, servers[id].url, id=id, keywords=[keyword])
    assert say(client, account, "ann", "What price?") == {"duplicates": 0, "events": 1, "ignored": 0, "runs": 2}
    for id in ("a", "b"):
        comes_to(client, account, id=id, finished=1)
    assert {id: server.contacts for id, server in servers.items()} == {"a": ["ann"], "b": ["ann"], "c": []}
    assert story(client, account, "ann")[0] == "a started, b started"
    assert usage(redis, account)["used"] == 1


def test_the_same_event_starts_nothing_a_second_time(client, account, action, worker):
    server = action()
    put_scenario(client, account, server.url)
    assert say(client, account, "ann", id="m1") == {"duplicates": 0, "events": 1, "ignored": 0, "runs": 1}
    comes_to(client, account, finished=1)
    assert say(client, account, "ann", id="m1") == {"duplicates": 1, "events": 1, "ignored": 0, "runs": 0}
    assert (progress(client, account)["started"], story(client, account, "ann")[1:]) == (1, ["welcome step 1 sent"])


@pytest.mark.parametrize("answer, is_cooling", [(200, True), (500, True), (400, False)])
def test_cooling_down_begins_with_a_run_that_may_have_reached_the_contact(
        client, account, action, worker, answer, is_cooling):
    server = action(lambda request: answer)
    put_scenario(client, account, server.url, coolDown=3600)
    say(client, account, "ann")
    comes_to(client, account, started=1, active=0)
    assert say(client, account, "ann")["runs"] == (not is_cooling)
    assert story(client, account, "ann")[2] == ("welcome cooling_down" if is_cooling else "welcome started")
    assert say(client, account, "bob")["runs"] == 1, "it is each contact's own"


def test_a_cool_down_that_is_over(client, account, action, worker):
    server = action()
    put_scenario(client, account, server.url, coolDown=1)
    say(client, account, "ann")
    comes_to(client, account, finished=1)
    assert eventually(lambda: say(client, account, "ann")["runs"] == 1)
    comes_to(client, account, finished=2)


def test_a_disabled_scenario_starts_nothing_and_it_is_told(redis, client, account, action, worker):
    server = action()
    put_scenario(client, account, server.url, enabled=False)
    put_scenario(client, account, server.url, id="other")
    assert say(client, account, "ann")["runs"] == 1
    assert story(client, account, "ann")[0] == "other started, welcome disabled"
    assert run("scenario", "enable", account, "welcome", redis=redis).stdout == "welcome\tenabled\n"
    assert say(client, account, "bob")["runs"] == 2, "at once"
    comes_to(client, account, finished=1)
    assert run("scenario", "disable", account, "welcome", redis=redis).stdout == "welcome\tdisabled\n"
    assert say(client, account, "cleo")["runs"] == 1
    comes_to(client, account, id="other", finished=3)
    assert progress(client, account)["started"] == 1
