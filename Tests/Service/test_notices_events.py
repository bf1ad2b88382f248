"""R13: what an account's people are told, when and where; by `headcount serve` and by `headcount worker`, each alone.

No other service may run on this file's Redis: it would deliver as well.
"""

import datetime
import json

import pytest

from identities import WITH_KEY
from notices import (
    KINDS, SECRET, activate, all_told, briefly, courier, deliveries, is_signed, limit, listed, only, told)
from service import Redis, eventually, run
from shifted_clock import ShiftedClock

THRESHOLD, FULL, CHANGED, BEGUN = "threshold.reached", "limit.reached", "limit.changed", "period.started"


@pytest.mark.parametrize("kind", KINDS)
def test_each_event_arrives_once_and_as_documented(redis, account, kind, action):
    hook = action()
    with courier(kind, redis, hook.url):
        limit(redis, account, 10)
        activate(redis, account, *range(7))
        all_told(redis, account)
        assert told(hook, account) == [(CHANGED, 0, 10, 0)]
        activate(redis, account, 7)
        assert eventually(lambda: len(deliveries(hook, account)) >= 2)
        activate(redis, account, 8)
        activate(redis, account, 9)
        # Members, and who is refused, cross nothing.
        assert activate(redis, account, *range(20)).returncode == 3
        all_told(redis, account)

    assert told(hook, account) == [(CHANGED, 0, 10, 0), (FULL, 100, 10, 10), (THRESHOLD, 80, 10, 8)]
    period = json.loads(run("usage", account, "--json", redis=redis).stdout)["period"]
    for delivery in deliveries(hook, account):
        document = delivery.json
        assert (delivery.method, delivery.path) == ("POST", "/send")
        assert delivery.headers["content-type"] == "application/json"
        assert delivery.headers["user-agent"].startswith("headcount/")
        assert delivery.headers["idempotency-key"] == f"{account}/{document['id']}"
        assert is_signed(delivery)
        at = datetime.datetime.fromisoformat(document["at"]).timestamp()
        assert abs(at - int(document["id"].split("-")[0]) / 1_000) <= 1
        common = {"account": account, "at": document["at"], "attempt": 1, "id": document["id"], "period": period}
        more = {
            CHANGED: {"from": 100, "limit": 10, "mode": "hard", "plan": "free", "used": 0, "who": "ops@example.com"},
            THRESHOLD: {"threshold": 80, "limit": 10, "used": 8}, FULL: {"threshold": 100, "limit": 10, "used": 10},
        }[document["event"]]
        assert document == common | more | {"event": document["event"]}
    assert len({delivery.json["id"] for delivery in deliveries(hook, account)}) == 3

    notices = listed(redis, account)
    assert briefly(notices) == told(hook, account)
    for notice in notices:
        assert (notice["status"], notice["attempts"], notice["detail"], notice["due"]) == (
            "delivered", 1, "status 200", None)
    assert [notice["event"] for notice in notices] == [FULL, THRESHOLD, CHANGED], "newest first"


@pytest.mark.parametrize("kind", KINDS)
def test_a_period_that_begins_is_told_once_to_who_was_active_in_the_one_before(kind, action):
    midnight = datetime.datetime(2027, 2, 1, tzinfo=datetime.UTC)
    clock, hook = ShiftedClock(), action()
    clock.set(midnight - datetime.timedelta(minutes=10))
    redis = Redis(environment=clock.environment)
    try:
        limit(redis, "acct_1", 5)
        limit(redis, "acct_idle", 5)
        activate(redis, "acct_1", 1, 2, 3, 4)
        with courier(kind, redis, hook.url):
            all_told(redis, "acct_1", "acct_idle")
        assert told(hook, "acct_1") == [(CHANGED, 0, 5, 0), (THRESHOLD, 80, 5, 4)]
        clock.set(midnight + datetime.timedelta(minutes=10))
        # They look for new periods as soon as they start, and every 15 seconds.
        for _ in range(2):
            with courier(kind, redis, hook.url):
                assert eventually(lambda: deliveries(hook, "acct_1", BEGUN))
                all_told(redis, "acct_1", "acct_idle")
        begun = only(deliveries(hook, "acct_1", BEGUN)).json
        assert begun | {"id": None} == {
            "account": "acct_1", "at": begun["at"], "attempt": 1, "event": BEGUN, "id": None, "limit": 5,
            "mode": "hard", "period": "2027-02"}
        assert begun["at"].startswith("2027-02-01T00:")
        assert told(hook, "acct_idle") == [(CHANGED, 0, 5, 0)]
        with courier(kind, redis, hook.url):
            activate(redis, "acct_1", 1, 2, 3, 4)
            assert eventually(lambda: len(deliveries(hook, "acct_1", THRESHOLD)) == 2), "once for each period"
            all_told(redis, "acct_1")
        assert [each.json["period"] for each in deliveries(hook, "acct_1", THRESHOLD)] == ["2027-01", "2027-02"]
        assert len(deliveries(hook, "acct_1")) == 4
    finally:
        redis.close()
        clock.close()


def test_crossings_by_a_batch_by_confirmation_and_by_mode(redis, account):
    limit(redis, account, 10)
    activate(redis, account, *range(12))
    assert briefly(listed(redis, account))[1:] == [(FULL, 100, 10, 10), (THRESHOLD, 80, 10, 10)], "over both at once"

    held = account + "-held"
    limit(redis, held, 10)
    people = [f"contact-{number}" for number in range(10)]
    lines = run("reserve", held, "--by", "campaign:x", *people, redis=redis).stdout.splitlines()
    tokens = [line.split("\t")[2] for line in lines]
    assert briefly(listed(redis, held))[1:] == [], "what is held has reached nothing yet"
    run("confirm", held, *tokens[:8], redis=redis)
    assert briefly(listed(redis, held))[1:] == [(THRESHOLD, 80, 10, 8)]
    run("confirm", held, *tokens, redis=redis)
    assert briefly(listed(redis, held))[1:] == [(FULL, 100, 10, 10), (THRESHOLD, 80, 10, 8)]

    soft = account + "-soft"
    limit(redis, soft, 10, "--mode", "soft")
    activate(redis, soft, *range(15))
    activate(redis, soft, *range(15, 30))
    assert briefly(listed(redis, soft))[1:] == [(FULL, 100, 10, 15), (THRESHOLD, 80, 10, 15)]

    unlimited = account + "-unlimited"
    limit(redis, unlimited, 10, "--mode", "unlimited")
    activate(redis, unlimited, *range(15))
    assert [notice["event"] for notice in listed(redis, unlimited)] == [CHANGED]


def test_each_limit_is_told_once(redis, account):
    limit(redis, account, 10)
    activate(redis, account, *range(8))
    for number in (20, 10, 20, 10):
        limit(redis, account, number)
    expected = [(CHANGED, 0, 10, 0), (THRESHOLD, 80, 10, 8)] + [(CHANGED, 0, 10, 8), (CHANGED, 0, 20, 8)] * 2
    assert briefly(listed(redis, account)) == sorted(expected)
    limit(redis, account, 8)
    expected += [(CHANGED, 0, 8, 8), (THRESHOLD, 80, 8, 8), (FULL, 100, 8, 8)]
    assert briefly(listed(redis, account)) == sorted(expected), "a new limit may be reached already"
    limit(redis, account, 10)
    activate(redis, account, 8, 9)
    expected += [(CHANGED, 0, 10, 8), (FULL, 100, 10, 10)]
    assert briefly(listed(redis, account)) == sorted(expected)
    run("plan", "set", account, "--limit", 10, redis=redis)
    assert briefly(listed(redis, account)) == sorted(expected), "what holds already is no change"


def test_a_change_at_the_period_s_end_says_when(redis, account, action):
    hook = action()
    with courier("worker", redis, hook.url):
        activate(redis, account, 1)
        limit(redis, account, 5, "--at-period-end")
        assert eventually(lambda: deliveries(hook, account, CHANGED))
        all_told(redis, account)
        changed = only(deliveries(hook, account)).json
        resets = json.loads(run("usage", account, "--json", redis=redis).stdout)["resetsAt"]
        assert (changed["effective"], changed["from"], changed["limit"], changed["used"]) == (resets, 100, 5, 1)


def test_thresholds_of_the_account_and_of_the_configuration(redis, account):
    limit(redis, account, 10)
    run("notices", "set", account, "--thresholds", "50,90", redis=redis)
    activate(redis, account, *range(10))
    assert briefly(listed(redis, account))[1:] == [(THRESHOLD, 50, 10, 10), (THRESHOLD, 90, 10, 10)]

    silent = account + "-silent"
    run("notices", "set", silent, "--thresholds", "none", redis=redis)
    activate(redis, silent, *range(100))
    assert listed(redis, silent) == []

    configured, environment = account + "-configured", {"HEADCOUNT_NOTICES_THRESHOLDS": "30,100"}
    activate(redis, configured, *range(100), environment=environment)
    assert briefly(listed(redis, configured)) == [(FULL, 100, 100, 100), (THRESHOLD, 30, 100, 100)]

    again = account + "-again"
    run("notices", "set", again, "--thresholds", "10", redis=redis)
    run("notices", "set", again, "--default-thresholds", redis=redis)
    activate(redis, again, *range(100))
    assert briefly(listed(redis, again)) == [(FULL, 100, 100, 100), (THRESHOLD, 80, 100, 100)]


def test_the_account_s_url_wins_over_the_configured_one(redis, account, action):
    other = account + "-other"
    own, configured = action(), action()
    with courier("worker", redis, configured.url):
        run("notices", "set", account, "--url", own.url, redis=redis)
        for each in (account, other):
            limit(redis, each, 10)
        all_told(redis, account, other)
        assert (len(deliveries(own, account)), len(own.requests)) == (1, 1)
        assert (len(deliveries(configured, account)), len(deliveries(configured, other))) == (0, 1)
        run("notices", "set", account, "--no-url", redis=redis)
        limit(redis, account, 20)
        all_told(redis, account)
        assert (len(own.requests), len(deliveries(configured, account))) == (1, 1)


def test_without_a_secret_nothing_is_signed_and_the_log_says_so(redis, account, action, start_worker):
    hook = action()
    worker = start_worker(environment={"HEADCOUNT_NOTICES_URL": hook.url})
    limit(redis, account, 10)
    assert eventually(lambda: deliveries(hook, account))
    assert "x-headcount-signature-256" not in only(deliveries(hook, account)).headers
    assert "no signing secret" in worker.log


@pytest.mark.parametrize("kind", KINDS)
def test_no_log_has_a_secret(redis, account, action, kind):
    hook = action()
    with courier(kind, redis, hook.url, HEADCOUNT_LOG_LEVEL="trace", **WITH_KEY) as process:
        limit(redis, account, 10)
        all_told(redis, account)
        assert process.terminate() == 0
        assert deliveries(hook, account) and " debug " in process.log
        assert not any(secret in process.log for secret in (SECRET, *WITH_KEY.values()))
