"""What the tests of notices share: couriers, and what became of an account's notices."""

import contextlib
import hashlib
import hmac
import json

from service import Service, eventually, run
from worker import Worker

SECRET = "a secret of sixteen bytes or more"
KINDS = ["serve", "worker"]


def environment(url=None):
    """With the configured URL, and the secret with which deliveries are signed."""
    return {"HEADCOUNT_SIGNING_SECRET": SECRET} | ({"HEADCOUNT_NOTICES_URL": url} if url else {})


@contextlib.contextmanager
def courier(kind, redis, url=None, **more):
    """A process that delivers notices; `more` is for its environment."""
    settings = environment(url) | more
    process = Service(redis.url, environment=settings) if kind == "serve" else Worker(redis, environment=settings)
    try:
        yield process
    finally:
        process.close()


def activate(redis, account, *numbers, **options):
    """By a process that ends right away and delivers nothing."""
    contacts = [f"contact-{number}" for number in numbers]
    return run("activate", account, "--by", "campaign:x", *contacts, redis=redis, check=False, **options)


def limit(redis, account, number, *more):
    run("plan", "set", account, "--limit", number, "--who", "ops@example.com", *more, redis=redis)


def listed(redis, account, *arguments):
    """The notices that `headcount notices list` shows, newest first."""
    lines = run("notices", "list", account, "--json", *arguments, redis=redis).stdout.splitlines()
    return [json.loads(line) for line in lines]


def briefly(notices):
    """Event, threshold, limit and count of notices that were listed or delivered, in order."""
    return sorted((each["event"], each.get("threshold", 0), each["limit"], each.get("used", 0)) for each in notices)


def deliveries(hook, account, event=None):
    """What a URL was told of an account, in order."""
    found = [request for request in list(hook.requests) if request.json["account"] == account]
    return [request for request in found if event in (None, request.json["event"])]


def told(hook, account):
    return briefly(request.json for request in deliveries(hook, account))


def is_signed(request):
    code = hmac.new(SECRET.encode(), request.body, hashlib.sha256).hexdigest()
    return request.headers["x-headcount-signature-256"] == f"sha256={code}"


def only(things):
    (thing,) = things
    return thing


def waits(redis, account):
    """Whether something has still to be delivered."""
    return redis.cli("XLEN", f"hc:{{{account}}}:outbox") != "0"


def all_told(redis, *accounts, within=20):
    """Nothing waits, so that nothing more can come."""
    assert eventually(lambda: not any(waits(redis, account) for account in accounts), within=within)
