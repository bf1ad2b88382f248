"""Webhooks as Meta and others send them: bodies, signatures, and the scenarios that they start."""

import collections
import hashlib
import hmac
import itertools
import json
import time

import pytest

from metrics import scrape
from service import run
from worker import Worker

APP_SECRET = "app-secret-of-the-tests-1"
OLD_APP_SECRET = "app-secret-of-the-tests-0"
VERIFY_TOKEN = "verify-token-of-the-tests"
ENVIRONMENT = {
    "HEADCOUNT_INSTAGRAM_APP_SECRETS": f"{APP_SECRET},{OLD_APP_SECRET}",
    "HEADCOUNT_INSTAGRAM_VERIFY_TOKEN": VERIFY_TOKEN,
}
"""For a service that takes webhooks of Instagram, while a new secret takes the old one's place."""

_numbers = itertools.count(17_841_400_000_000_001)


def instagram_id():
    """The id of a professional account that no other test uses."""
    return str(next(_numbers))


def message(sender, mid, text="hello", at=1_790_000_000_000, **more):
    """An element of `messaging` or `standby`. `more` goes into the message."""
    found = {"mid": mid} if mid is not None else {}
    if text is not None:
        found["text"] = text
    return {"sender": {"id": sender}, "recipient": {"id": "0"}, "timestamp": at, "message": found | more}


def postback(sender, mid, payload="START", at=1_790_000_000_000):
    found = {"mid": mid, "title": "Start", "payload": payload}
    return {"sender": {"id": sender}, "recipient": {"id": "0"}, "timestamp": at, "postback": found}


def comment(sender, id, text="nice", field="comments", **more):
    """An element of `changes`. `more` goes into its value."""
    value = {"id": id, "from": {"id": sender, "username": "somebody"}, "text": text,
             "media": {"id": "m1", "media_product_type": "REELS"}}
    return {"field": field, "value": value | more}


def entry(instagram, messaging=(), changes=(), standby=(), at=1_790_000_000):
    """One element of `entry`."""
    found = {"id": instagram, "time": at}
    for name, elements in (("messaging", messaging), ("changes", changes), ("standby", standby)):
        if elements:
            found[name] = list(elements)
    return found


def body(*entries):
    """The bytes of a webhook."""
    return json.dumps({"object": "instagram", "entry": list(entries)}).encode()


def signature(raw, secret=APP_SECRET):
    return "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def deliver(client, raw, secret=APP_SECRET, path="/webhooks/instagram"):
    """The answer to a signed webhook. `client` is a `service.Client`; its key, if it has one, makes no difference."""
    return client.post(path, data=raw, headers={"X-Hub-Signature-256": signature(raw, secret)})


def link(redis, account, *ids):
    """Links Instagram ids to the account."""
    run("channel", "link", account, "instagram", *ids, redis=redis)


def add_scenario(redis, account, url, *arguments, id="welcome", on="comment"):
    run("scenario", "add", account, "--id", id, "--on", on, "--action", url, *arguments, redis=redis)


def scenario(redis, account, id="welcome"):
    """As `scenario show` has it."""
    return json.loads(run("scenario", "show", account, id, "--json", redis=redis).stdout)


def runs(redis, account, *arguments):
    """As `scenario runs` has them."""
    return [json.loads(line) for line in run("scenario", "runs", account, *arguments, "--json", redis=redis)
            .stdout.splitlines()]


def history(redis, account, contact):
    """As `scenario runs --contact` has it: one object, its `records` newest first."""
    return runs(redis, account, "--contact", contact)[0]


def dead_letters(redis, account):
    """All of them, newest first."""
    return [json.loads(line) for line in run("dead", "list", account, "--newest", 10_000, "--json", redis=redis)
            .stdout.splitlines()]


GENERIC_SECRET = "generic-secret-of-the-tests"


def say(client, account, contact, text="hello", event="message", **more):
    """What a contact does, as a generic webhook has it, to an account whose secret is GENERIC_SECRET; the answer."""
    raw = json.dumps({"event": event, "contact": contact, "text": text} | more).encode()
    answer = deliver(client, raw, GENERIC_SECRET, f"/webhooks/generic/{account}")
    assert answer.status_code == 200, answer.text
    return answer.json()


KINDS = ["message", "comment", "postback", "story_reply", "mention"]


def set_up(client, account, url="http://127.0.0.1:1/", kinds=KINDS):
    """Gives the account a new Instagram id, which is returned, and scenarios for these kinds, named like them."""
    id = instagram_id()
    assert client.put(f"/v1/accounts/{account}/channels/instagram/{id}").status_code == 200
    for kind in kinds:
        made = client.put(f"/v1/accounts/{account}/scenarios/{kind}", json={"on": kind, "action": url})
        assert made.status_code == 201, made.text
    return id


def set_secrets(client, account, *secrets):
    """With what the account's generic webhooks are signed."""
    answer = client.put(f"/v1/accounts/{account}/channels/generic", json={"secrets": secrets})
    assert answer.status_code == 200, answer.text


def told(client, account, contact):
    """The contact's history, as the HTTP API has it."""
    answer = client.get(f"/v1/accounts/{account}/contacts/{contact}/history")
    assert answer.status_code == 200, answer.text
    return answer.json()


def tally(client, channel="instagram"):
    """How often which `result` of a channel's updates was counted until now, and which `refused: …` of webhooks."""
    found = collections.Counter()
    for (name, pairs), value in scrape(client).samples.items():
        labels = dict(pairs)
        if name.startswith("headcount_webhook_") and labels["channel"] == channel:
            found[labels["result"] if "result" in labels else f"refused: {labels['reason']}"] += int(value)
    return +found


@pytest.fixture
def account(client, account):
    """An account that takes generic webhooks."""
    set_secrets(client, account, GENERIC_SECRET)
    return account


@pytest.fixture(scope="module")
def worker(redis):
    """One that all tests of a file share."""
    worker = Worker(redis)
    yield worker
    worker.close()


def put_scenario(client, account, url, *later, id="welcome", on="message", **more):
    """Makes it, or takes the place of what is there: a step at once, and one after each of these seconds. `more` is as
    the HTTP API has it."""
    steps = [{"action": url}] + [{"delay": delay, "action": url} for delay in later]
    answer = client.put(f"/v1/accounts/{account}/scenarios/{id}", json={"on": on, "steps": steps} | more)
    assert answer.status_code in (200, 201), answer.text
    return answer.json()


def progress(client, account, id="welcome"):
    """As the HTTP API has a scenario. Its numbers add up."""
    found = client.get(f"/v1/accounts/{account}/scenarios/{id}").json()
    ends = ("active", "finished", "failed", "unknown", "expired", "erased")
    assert found["started"] == sum(found[end] for end in ends), found
    assert found["parked"] + found["sending"] <= found["active"], found
    return found


def comes_to(client, account, id="welcome", within=20, **expected):
    """Waits until the scenario has these values."""
    deadline = time.monotonic() + within
    while (found := progress(client, account, id)).items() & expected.items() != expected.items():
        assert time.monotonic() < deadline, f"{expected} was not reached: {found}"
        time.sleep(0.03)
    return True


def story(client, account, contact):
    """What the contact's history says, in few words and oldest first: `welcome started`, `welcome step 1 sent`."""
    lines = []
    for record in reversed(told(client, account, contact)["records"]):
        if "step" in record:
            lines.append("{scenario} step {step} {outcome}".format(**record["step"]))
        else:
            reactions = record["event"]["reactions"]
            lines.append(", ".join("{scenario} {reaction}".format(**each) for each in reactions) or "nothing")
    return lines


def scenario_path(account, *parts):
    """Of the account's scenarios in the HTTP API, or of one: its id, and what is asked of it."""
    return "/".join([f"/v1/accounts/{account}/scenarios", *parts])


def is_problem(answer, status, kind, value=None):
    """Whether it is that problem, and names that value."""
    assert (answer.status_code, answer.json().get("type")) == (status, f"/problems/{kind}"), answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json().get("value") == value, answer.text
    return True
