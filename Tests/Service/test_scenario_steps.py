"""Scenarios of several steps: their order, their delays, and the months in which they count."""

import datetime
import json
import time

import pytest

from campaigns import set_plan, usage
from service import Client, Redis, Service, eventually, make_key, run
from shifted_clock import ShiftedClock
from webhooks import GENERIC_SECRET, account, comes_to, put_scenario, runs, say, set_secrets, story, told, worker


def steps(server, contact="ann"):
    return [request.json["step"] for request in server.requests if request.contact == contact]


def test_each_step_is_sent_once_and_in_order(redis, client, account, action, worker):
    servers = [action() for _ in range(3)]
    later = [{"delay": delay, "action": server.url} for delay, server in zip((0, 1, 0), servers)]
    client.put(f"/v1/accounts/{account}/scenarios/welcome", json={"on": "message", "steps": later})
    for contact in ("ann", "bob"):
        say(client, account, contact, f"I am {contact}", id=contact)
    comes_to(client, account, started=2, finished=2, newlyCounted=2, alreadyCounted=4)
    for step, server in enumerate(servers, 1):
        assert sorted(server.contacts) == ["ann", "bob"]
        assert {request.json["step"] for request in server.requests} == {step}
        assert {request.json["event"]["text"] for request in server.requests} == {"I am ann", "I am bob"}
    sent = [request for server in servers for request in server.requests if request.contact == "ann"]
    assert sent[1].at - sent[0].at > 0.9, "the delay is kept"
    assert len({request.key for request in sent}) == 3
    assert len({request.json["run"] for request in sent}) == 1
    assert story(client, account, "ann") == ["welcome started"] + [f"welcome step {step} sent" for step in (1, 2, 3)]
    assert usage(redis, account)["used"] == 2


def test_twenty_steps(client, account, action, worker):
    server = action()
    put_scenario(client, account, server.url, *[0] * 19)
    say(client, account, "ann")
    comes_to(client, account, finished=1, newlyCounted=1, alreadyCounted=19)
    assert steps(server) == list(range(1, 21))


def test_a_run_between_steps_says_what_it_waits_for(redis, client, account, action, worker):
    server = action()
    put_scenario(client, account, server.url, 3600)
    say(client, account, "ann")
    comes_to(client, account, newlyCounted=1, active=1, sending=0)
    [waiting] = runs(redis, account)
    at, due = (datetime.datetime.fromisoformat(waiting[name]) for name in ("at", "due"))
    assert datetime.timedelta(minutes=59) < due - at <= datetime.timedelta(minutes=60, seconds=1)
    assert waiting | {"at": None, "due": None, "started": None} == {
        "scenario": "welcome", "run": 1, "contact": "ann", "state": "waiting", "step": 2, "attempts": 0, "at": None,
        "due": None, "started": None, "reason": ""}
    assert told(client, account, "ann")["runs"] == [waiting]
    text = run("scenario", "runs", account, "--contact", "ann", redis=redis).stdout
    assert "under way  welcome run 1 step 2: waiting: it is due at" in text
    assert say(client, account, "ann")["runs"] == 0, "the run is under way all the while"


def test_the_first_step_may_wait_as_well(client, account, action, worker):
    server = action()
    client.put(f"/v1/accounts/{account}/scenarios/welcome",
               json={"on": "message", "steps": [{"delay": 1, "action": server.url}]})
    said = time.monotonic()
    say(client, account, "ann")
    comes_to(client, account, finished=1)
    assert server.requests[0].at - said > 0.9


@pytest.mark.parametrize("answer, outcome", [(400, "failed"), (500, "unknown")])
def test_no_step_follows_one_that_was_not_accepted(client, account, action, worker, answer, outcome):
    server = action(lambda request: answer if request.json["step"] == 2 else 200)
    put_scenario(client, account, server.url, 0, 0)
    say(client, account, "ann")
    comes_to(client, account, active=0, **{outcome: 1})
    assert steps(server) == [1, 2]
    assert story(client, account, "ann")[1:] == ["welcome step 1 sent", f"welcome step 2 {outcome}"]


# Months


@pytest.fixture
def clock():
    clock = ShiftedClock()
    yield clock
    clock.close()


@pytest.fixture
def shifted(clock):
    """A Redis with that clock, late in November 2030."""
    clock.set(datetime.datetime(2030, 11, 30, 12, tzinfo=datetime.UTC))
    redis = Redis(environment=clock.environment)
    yield redis
    redis.close()


@pytest.fixture
def late(shifted):
    """Calls a service there."""
    service = Service(shifted.url)
    with Client(service, make_key(shifted)) as client:
        yield client
    service.close()


def used(redis, account, period):
    return json.loads(run("usage", account, "--period", period, "--json", redis=redis).stdout)["used"]


def test_a_step_in_a_new_month_counts_there_again(clock, shifted, late, action, start_worker):
    account, server = "acct_1", action()
    set_secrets(late, account, GENERIC_SECRET)
    put_scenario(late, account, server.url, 0, 86_400, 0, replyWindow=None)
    start_worker(at=shifted)
    say(late, account, "ann")
    comes_to(late, account, newlyCounted=1, alreadyCounted=1, active=1, sending=0)
    assert steps(server) == [1, 2]
    clock.set(datetime.datetime(2030, 12, 1, 12, 0, 5, tzinfo=datetime.UTC))
    comes_to(late, account, finished=1, newlyCounted=2, alreadyCounted=2)
    assert steps(server) == [1, 2, 3, 4]
    assert (used(shifted, account, "2030-11"), used(shifted, account, "2030-12")) == (1, 1)
    sent = [record["step"]["reason"] for record in told(late, account, "ann")["records"] if "step" in record]
    assert sent == ["already_counted", "newly_counted"] * 2, "the newest first"


def test_the_new_months_limit_decides(clock, shifted, late, action, start_worker):
    account, server = "acct_1", action()
    set_secrets(late, account, GENERIC_SECRET)
    set_plan(shifted, account, limit=2)
    put_scenario(late, account, server.url, 86_400, replyWindow=None)
    start_worker(at=shifted)
    for contact in ("ann", "bob"):
        say(late, account, contact)
    comes_to(late, account, newlyCounted=2, active=2, sending=0)
    clock.set(datetime.datetime(2030, 12, 1, 1, tzinfo=datetime.UTC))
    assert run("activate", account, "--by", "campaign:x", "cleo", redis=shifted).stdout == "cleo\tactivated\n"
    clock.set(datetime.datetime(2030, 12, 1, 12, 0, 5, tzinfo=datetime.UTC))
    comes_to(late, account, finished=1, parked=1, active=1)
    assert sorted(steps(server, "ann") + steps(server, "bob")) == [1, 1, 2]
    assert used(shifted, account, "2030-12") == 2


def test_a_step_that_was_begun_before_midnight_counts_in_the_month_that_has_ended(
        clock, shifted, late, action, start_worker):
    account, server = "acct_1", action()
    server.hold()
    set_secrets(late, account, GENERIC_SECRET)
    put_scenario(late, account, server.url, 0)
    start_worker("--action-timeout", 600, at=shifted)
    clock.set(datetime.datetime(2030, 11, 30, 23, 59, tzinfo=datetime.UTC))
    say(late, account, "ann")
    assert eventually(lambda: server.under_way)
    clock.set(datetime.datetime(2030, 12, 1, 0, 1, tzinfo=datetime.UTC))
    server.release()
    comes_to(late, account, finished=1, newlyCounted=2)
    assert (used(shifted, account, "2030-11"), used(shifted, account, "2030-12")) == (1, 1)
