"""What the tests of notices share: couriers, and what became of an account's notices."""

import contextlib
import json

from service import Service, Worker, eventually, run

SECRET = "a secret of sixteen bytes or more"
KINDS = {"serve": Service, "worker": Worker}


def environment(url=None):
    """With the configured URL, and the secret with which deliveries are signed."""
    return {"HEADCOUNT_SIGNING_SECRET": SECRET} | ({"HEADCOUNT_NOTICES_URL": url} if url else {})


@contextlib.contextmanager
def courier(kind, redis, url=None):
    """A process that delivers notices."""
    process = KINDS[kind](redis.url, environment=environment(url))
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


def told(webhook, account):
    return briefly(delivery.json for delivery in webhook.of(account))


def waits(redis, account):
    """Whether something has still to be delivered."""
    return redis.cli("XLEN", f"hc:{{{account}}}:outbox") != "0"


def all_told(redis, *accounts, within=20):
    """Nothing waits, so that nothing more can come."""
    assert eventually(lambda: not any(waits(redis, account) for account in accounts), within=within)
