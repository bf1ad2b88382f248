"""While Redis can't take events, webhooks are answered 503, so that they come again, and are taken once when it can."""

import concurrent.futures
import json

import pytest

from service import Service, eventually
from webhooks import (
    APP_SECRET, ENVIRONMENT, OLD_APP_SECRET, VERIFY_TOKEN, body, comment, deliver, entry, instagram_id, message,
    set_secrets, set_up, signature, tally, told)

SECRET = "secret-of-a-generic-webhook"


@pytest.fixture(scope="module")
def service(redis):
    service = Service(
        redis.url, "--metrics", "--timeout", "1", "--log-level", "trace", environment=ENVIRONMENT)
    yield service
    service.close()


@pytest.fixture(params=["instagram", "generic"])
def webhook(request, client, account):
    """Sends a webhook with an event that starts a run of ann's; the same one each time."""
    instagram = set_up(client, account)
    set_secrets(client, account, SECRET)
    if request.param == "instagram":
        raw = body(entry(instagram, messaging=[message("ann", "m1")]))
        return lambda: deliver(client, raw)
    raw = json.dumps({"event": "message", "contact": "ann", "id": "m1"}).encode()
    return lambda: deliver(client, raw, SECRET, f"/webhooks/generic/{account}")


def is_unavailable(answer):
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable"), answer.text
    assert int(answer.headers["Retry-After"]) >= 1
    return True


def is_taken_once(client, account, webhook):
    """As soon as Redis can. It may have been taken although nobody knew."""
    assert eventually(lambda: webhook().status_code == 200)
    assert webhook().json() == {"events": 1, "runs": 0, "duplicates": 1, "ignored": 0}
    numbers = client.get(f"/v1/accounts/{account}/scenarios/message").json()
    assert (numbers["started"], numbers["active"]) == (1, 1)
    assert [(run["state"], run["step"]) for run in told(client, account, "ann")["runs"]] == [("waiting", 1)]
    return True


def test_redis_stopped_and_started_again(redis, client, account, webhook):
    redis.stop()
    try:
        assert is_unavailable(webhook())
    finally:
        redis.start()
    assert is_taken_once(client, account, webhook)


def test_redis_frozen_and_thawed(redis, client, account, webhook):
    redis.freeze()
    try:
        assert is_unavailable(webhook())
    finally:
        redis.thaw()
    assert is_taken_once(client, account, webhook)


@pytest.mark.parametrize("broken, mended", [
    (["CONFIG", "SET", "min-replicas-to-write", "9"], ["CONFIG", "SET", "min-replicas-to-write", "0"]),
    (["CONFIG", "SET", "maxmemory", "1"], ["CONFIG", "SET", "maxmemory", "0"]),
    pytest.param(["REPLICAOF", "127.0.0.1", "1"], ["REPLICAOF", "NO", "ONE"], marks=pytest.mark.kinds(
        "standalone", "tls", reason="in a cluster, and watched by Sentinel, a server's role is not set by hand")),
], ids=["few replicas", "out of memory", "a replica"])
def test_redis_refuses_what_is_needed(redis, client, account, webhook, broken, mended):
    redis.cli(*broken)
    try:
        assert is_unavailable(webhook())
    finally:
        redis.cli(*mended)
    assert is_taken_once(client, account, webhook)


@pytest.mark.parametrize("commands", [["-evalsha", "-eval"], ["-zadd"], ["-xadd"], ["-rpush"]], ids=" ".join)
def test_a_user_who_may_not_do_what_is_needed(redis, client, account, webhook, commands):
    redis.cli("ACL", "SETUSER", redis.user, *commands)
    try:
        assert is_unavailable(webhook())
    finally:
        redis.cli("ACL", "SETUSER", redis.user, *(f"+{command[1:]}" for command in commands))
    assert is_taken_once(client, account, webhook)


@pytest.mark.parametrize("webhook", ["instagram"], indirect=True)
@pytest.mark.parametrize("key", [
    "scenarios", "seen", "heard", "contact:ann", "scenario:message", "scenario:message:jobs", "scenario:message:runs",
    "scenario:message:queue", "scenario:message:cooling"])
def test_a_key_of_another_type(redis, client, account, webhook, key):
    """Somebody wrote into it, and mends it."""
    key = f"hc:{{{account}}}:{key}"
    saved = redis.cli("RENAME", key, f"{key} saved", check=False)
    redis.cli("SET", key, "of another type")
    assert is_unavailable(webhook())
    redis.cli("DEL", key)
    if saved == "OK":
        redis.cli("RENAME", f"{key} saved", key)
    assert is_taken_once(client, account, webhook)


def test_links_that_cannot_be_read(redis, client, account, webhook):
    """Whose an event is, or whether it is signed, is not known then: it is neither unknown nor wrong."""
    keys = ["hc:channels:instagram", f"hc:{{{account}}}:channels"]
    # Of the same slot.
    saved = {key: f"{key} saved" if "{" in key else f"{{{key}}} saved" for key in keys}
    for key in keys:
        redis.cli("RENAME", key, saved[key])
        redis.cli("SET", key, "of another type")
    try:
        assert is_unavailable(webhook())
    finally:
        for key in keys:
            redis.cli("RENAME", saved[key], key)
    assert is_taken_once(client, account, webhook)


def test_a_service_that_died_before_it_told_the_workers(redis, client, account, action, start_worker):
    """What it recorded is not known to be due; once it comes again, though it is a duplicate."""
    server = action()
    raw = body(entry(set_up(client, account, server.url), [message("ann", "m1")]))
    assert deliver(client, raw).json()["runs"] == 1
    redis.cli("DEL", "hc:due:scenarios")
    assert deliver(client, raw).json()["duplicates"] == 1
    start_worker()
    assert eventually(lambda: server.contacts == ["ann"])


def test_scripts_that_redis_has_forgotten(redis, client, account, webhook):
    redis.cli("SCRIPT", "FLUSH")
    assert webhook().json()["runs"] == 1


def test_what_keeps_one_accounts_events_from_being_taken_loses_no_others(redis, client, account):
    ids = [set_up(client, each) for each in (account, f"{account}-other")]
    raw = body(*(entry(id, changes=[comment("ann", "c1")]) for id in ids))
    seen = f"hc:{{{account}}}:seen"
    redis.cli("SET", seen, "of another type")
    assert is_unavailable(deliver(client, raw))
    redis.cli("DEL", seen)
    answer = deliver(client, raw).json()
    assert (answer["events"], answer["runs"] + answer["duplicates"]) == (2, 2)
    for each in (account, f"{account}-other"):
        assert len(told(client, each, "ann")["runs"]) == 1


def test_what_is_sent_again_is_counted_once(redis, client, account):
    """In metrics, too."""
    raw = body(entry(set_up(client, account), [message("ann", "m1"), {"sender": {"id": "bob"}, "read": {"mid": "m0"}}]))
    before = tally(client)
    redis.cli("CONFIG", "SET", "min-replicas-to-write", "9")
    try:
        assert is_unavailable(deliver(client, raw))
        assert tally(client) == before
    finally:
        redis.cli("CONFIG", "SET", "min-replicas-to-write", "0")
    assert deliver(client, raw).status_code == 200
    assert tally(client) - before == {"taken": 1, "read": 1}


def test_wrong_signatures_are_told_so_all_the_while(redis, client, account):
    """Of Instagram's, for which Redis isn't asked; and of the others, if they can't be right."""
    raw = body(entry(instagram_id(), [message("ann", "m1")]))
    redis.stop()
    try:
        assert deliver(client, raw, "another secret").status_code == 401
        assert client.post(f"/webhooks/generic/{account}", data=b"{}").status_code == 401
    finally:
        redis.start()


def test_while_redis_is_away_nobody_learns_which_accounts_there_are(redis, client, account):
    set_secrets(client, account, SECRET)
    raw = b'{"event":"message","contact":"ann"}'
    asked = [(secret, f"/webhooks/generic/{who}")
             for who in (account, "nobody") for secret in (SECRET, "another secret")]
    redis.stop()
    try:
        with concurrent.futures.ThreadPoolExecutor(len(asked)) as senders:
            assert all(senders.map(lambda each: is_unavailable(deliver(client, raw, *each)), asked))
    finally:
        redis.start()


def test_what_concerns_nobody_needs_no_redis(redis, client):
    raw = body(entry("17841405822304914", [{"sender": {"id": "ann"}, "read": {"mid": "m"}}]))
    redis.stop()
    try:
        assert deliver(client, raw).json() == {"events": 0, "runs": 0, "duplicates": 0, "ignored": 1}
    finally:
        redis.start()


def test_no_log_holds_secrets_signatures_or_what_was_sent(redis, service, client):
    """At the level at which everything is logged, also while Redis is away."""
    raw = body(entry("17841405822304914", [message("contact-4711", "m-4711", "text-4711")]))
    deliver(client, raw)
    deliver(client, raw, "another secret")
    client.get("/webhooks/instagram", params={"hub.verify_token": VERIFY_TOKEN})
    redis.stop()
    try:
        assert is_unavailable(deliver(client, raw))
        assert is_unavailable(deliver(client, raw, SECRET, "/webhooks/generic/acct_4711"))
    finally:
        redis.start()
    assert "/webhooks/instagram" in service.log and "no answer from Redis" in service.log
    for leak in (APP_SECRET, OLD_APP_SECRET, SECRET, VERIFY_TOKEN, "4711", signature(raw).removeprefix("sha256=")):
        assert leak not in service.log
