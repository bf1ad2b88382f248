"""Webhooks as Meta and others send them: bodies, signatures, and the scenarios that they start."""

import hashlib
import hmac
import itertools
import json

from service import run

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
