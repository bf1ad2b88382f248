"""Scenarios at the limit: members are answered, the others are parked, and go on when there is room."""

import datetime
import json

from campaigns import activate, set_plan, usage
from service import Client, Redis, Service, eventually, make_key, run
from shifted_clock import ShiftedClock
from webhooks import (
    GENERIC_SECRET, account, comes_to, dead_letters, progress, put_scenario, runs, say, set_secrets, story, worker)

PEOPLE = [f"contact-{number}" for number in range(8)]


def start(redis, client, account, server, limit, **more):
    """Everybody says something, in this order, and the limit lets some through."""
    set_plan(redis, account, limit=limit)
    put_scenario(client, account, server.url, **more)
    for contact in PEOPLE:
        say(client, account, contact)
    comes_to(client, account, finished=limit, parked=len(PEOPLE) - limit, sending=0)


def test_members_are_answered_and_the_others_go_on_after_an_upgrade_oldest_first(
        redis, client, account, action, start_worker):
    server = action()
    start_worker("--concurrency", 1)
    start(redis, client, account, server, 3)
    assert server.contacts == PEOPLE[:3]
    parked = runs(redis, account, "welcome", "--state", "parked")
    assert {(run["contact"], run["attempts"], run["step"]) for run in parked} == {(who, 0, 1) for who in PEOPLE[3:]}
    assert usage(redis, account)["used"] == 3

    say(client, account, PEOPLE[1])
    comes_to(client, account, finished=4, parked=5, alreadyCounted=1)
    assert (say(client, account, PEOPLE[5])["runs"], server.contacts[3:]) == (0, [PEOPLE[1]])

    for limit in (5, 8):
        set_plan(redis, account, limit=limit)
        comes_to(client, account, finished=limit + 1, parked=len(PEOPLE) - limit)
        assert server.contacts[4:] == PEOPLE[3:limit]
        assert usage(redis, account)["used"] == limit
    assert {request.json["attempt"] for request in server.requests} == {1}, "being parked is no attempt"
    assert story(client, account, PEOPLE[5]) == [
        "welcome started", "welcome step 1 parked", "welcome busy", "welcome step 1 sent"]


def test_who_was_counted_by_something_else_goes_on(redis, client, account, action, worker):
    server = action()
    start(redis, client, account, server, 2)
    run("scenario", "disable", account, "welcome", redis=redis)
    set_plan(redis, account, limit=3)
    activate(redis, account, PEOPLE[6])
    run("scenario", "enable", account, "welcome", redis=redis)
    comes_to(client, account, finished=3, parked=5, alreadyCounted=1)
    assert server.contacts[2:] == [PEOPLE[6]]


def test_a_slot_that_is_released_lets_the_next_one_through(redis, client, account, action, worker):
    set_plan(redis, account, limit=1)
    held = client.post(f"/v1/accounts/{account}/reservations", json={"contact": "zoe", "by": "ai_agent:a"}).json()
    server = action()
    put_scenario(client, account, server.url)
    say(client, account, "ann")
    comes_to(client, account, parked=1)
    released = client.post(f"/v1/accounts/{account}/reservations/release", json={"tokens": [held["token"]]})
    assert released.status_code == 200, released.text
    comes_to(client, account, finished=1, newlyCounted=1)
    assert usage(redis, account)["held"] == 0


def test_a_refusal_of_the_action_makes_room_for_the_next_one(redis, client, account, action, worker):
    server = action(lambda request: 400 if request.contact == "ann" else 200)
    set_plan(redis, account, limit=1)
    put_scenario(client, account, server.url)
    server.hold()
    say(client, account, "ann")
    assert eventually(lambda: server.under_way)
    say(client, account, "bob")
    comes_to(client, account, parked=1)
    server.release()
    comes_to(client, account, failed=1, finished=1, newlyCounted=1)
    assert usage(redis, account)["used"] == 1


def test_many_scenarios_share_the_limit(redis, client, account, action, worker):
    server = action()
    set_plan(redis, account, limit=3)
    for id in ("a", "b"):
        put_scenario(client, account, server.url, id=id)
    for contact in PEOPLE:
        say(client, account, contact)
    for id in ("a", "b"):
        comes_to(client, account, id=id, finished=3, parked=5, sending=0)
    assert usage(redis, account)["used"] == 3
    assert len(set(server.contacts)) == 3 and len(server.contacts) == 6


def test_they_go_on_when_a_month_begins(action, start_worker):
    clock = ShiftedClock()
    clock.set(datetime.datetime(2030, 11, 20, 12, tzinfo=datetime.UTC))
    redis = Redis(environment=clock.environment)
    service = Service(redis.url)
    server = action()
    with Client(service, make_key(redis)) as client:
        set_secrets(client, "acct_1", GENERIC_SECRET)
        start_worker("--concurrency", 1, at=redis)
        start(redis, client, "acct_1", server, 3, replyWindow=None)
        clock.set(datetime.datetime(2030, 12, 1, 0, 0, 1, tzinfo=datetime.UTC))
        comes_to(client, "acct_1", finished=6, parked=2)
        assert server.contacts == PEOPLE[:6]
        assert [usage(redis, "acct_1")[name] for name in ("period", "used", "held")] == ["2030-12", 3, 0]
        old = json.loads(run("usage", "acct_1", "--period", "2030-11", "--json", redis=redis).stdout)
        assert old["used"] == 3, "the month that has ended is as it was"
        assert dead_letters(redis, "acct_1") == [] and progress(client, "acct_1")["expired"] == 0
    for each in (service, redis, clock):
        each.close()
