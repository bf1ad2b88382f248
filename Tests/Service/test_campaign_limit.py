"""A campaign that reaches the limit: members are served, the others are parked, and go on when there is room."""

import datetime
import json

import pytest

from campaigns import Campaign, activate, set_plan, usage
from service import Redis, eventually, run
from shifted_clock import ShiftedClock

PEOPLE = [f"contact-{number}" for number in range(30)]
ONE_AT_A_TIME = ["--concurrency", "1"]
"""Of a worker: the order in which contacts are sent is that in which they were taken."""


@pytest.fixture
def clock():
    clock = ShiftedClock()
    yield clock
    clock.close()


@pytest.fixture
def shifted(clock):
    """A Redis with that clock, early in November 2030."""
    clock.set(datetime.datetime(2030, 11, 3, 12, tzinfo=datetime.UTC))
    redis = Redis(environment=clock.environment)
    yield redis
    redis.close()


def parked(campaign):
    """Each parked contact's line, once the campaign is at rest."""
    return {who: line for who, line in campaign.report.items() if line["outcome"] == "parked"}


def test_members_are_served_and_the_others_are_parked_until_the_limit_rises(redis, account, action, start_worker):
    members = [PEOPLE[number] for number in (0, 7, 20, 21, 29)]
    set_plan(redis, account, limit=10)
    activate(redis, account, *members)
    others = [who for who in PEOPLE if who not in members]
    server = action()
    campaign = Campaign(redis, account, PEOPLE, server.url)
    start_worker(*ONE_AT_A_TIME)
    campaign.becomes(waiting=0, sending=0, sent=10, newlyCounted=5, alreadyCounted=5, parked=20, state="running")
    assert server.contacts == [who for who in PEOPLE if who in members or who in others[:5]], "as the audience has them"
    assert list(parked(campaign)) and set(parked(campaign)) == set(others[5:])
    assert {(line["reason"], line["attempts"]) for line in parked(campaign).values()} == {("limit_reached", 0)}
    assert usage(redis, account)["used"] == 10
    assert "20 contacts not reached: limit" in campaign.run("status").stdout
    watched = json.loads(campaign.run("status", "--watch", "--json").stdout)
    assert watched["parked"] == 20, "watching ends when only the limit is waited for"

    for limit, reached in [(11, 6), (18, 13), (1_000, 25)]:
        set_plan(redis, account, limit=limit)
        assert eventually(lambda: len(server.requests) >= 5 + reached)
        campaign.becomes(waiting=0, sending=0, sent=5 + reached, parked=25 - reached)
        assert server.contacts[10:] == others[5:reached], "the oldest first"
        assert usage(redis, account)["used"] == min(limit, 30)
    campaign.becomes(state="finished", newlyCounted=25, alreadyCounted=5)
    assert {line["attempts"] for line in campaign.report.values()} == {1}


def test_they_go_on_at_once_in_a_mode_that_refuses_nobody(redis, account, action, start_worker):
    set_plan(redis, account, limit=2)
    server = action()
    campaign = Campaign(redis, account, PEOPLE, server.url)
    start_worker()
    campaign.becomes(waiting=0, sending=0, sent=2, parked=28)
    run("plan", "set", account, "--mode", "soft", redis=redis)
    campaign.becomes(within=10, state="finished", sent=30)
    assert usage(redis, account)["used"] == 30


def test_they_go_on_when_a_month_begins(clock, shifted, account, action, start_worker):
    set_plan(shifted, account, limit=10)
    server = action()
    campaign = Campaign(shifted, account, PEOPLE, server.url)
    start_worker(*ONE_AT_A_TIME, at=shifted)
    campaign.becomes(waiting=0, sending=0, sent=10, parked=20)
    assert usage(shifted, account)["period"] == "2030-11"
    clock.set(datetime.datetime(2030, 12, 1, tzinfo=datetime.UTC))
    assert eventually(lambda: len(server.requests) >= 20)
    campaign.becomes(waiting=0, sending=0, sent=20, parked=10, newlyCounted=20)
    assert server.contacts == PEOPLE[:20], "the oldest first"
    assert [usage(shifted, account)[name] for name in ("period", "used", "held")] == ["2030-12", 10, 0]
    old = json.loads(run("usage", account, "--period", "2030-11", "--json", redis=shifted).stdout)
    assert old["used"] == 10, "the month that has ended is as it was"


def test_who_waits_too_long_is_skipped(clock, shifted, account, action, start_worker):
    set_plan(shifted, account, limit=10)
    server, other = action(), action()
    campaign = Campaign(shifted, account, PEOPLE, server.url, "--expires", "2030-11-30T23:59:59Z")
    start_worker(at=shifted)
    campaign.becomes(waiting=0, sending=0, sent=10, parked=20)
    clock.set(datetime.datetime(2030, 12, 1, tzinfo=datetime.UTC))
    campaign.becomes(state="expired", sent=10, parked=0, skipped=20)
    assert {line["reason"] for line in campaign.report.values() if line["outcome"] == "skipped"} == {"expired"}
    Campaign(shifted, account, PEOPLE[:5], other.url, id="other").becomes(state="finished", sent=5)
    assert len(server.requests) == 10, "though the new month has room"
    failed = campaign.run("resume", check=False)
    assert failed.returncode == 1 and "expired" in failed.stderr


def test_the_default_is_to_wait_for_the_next_month_but_not_for_the_one_after(
        clock, shifted, account, action, start_worker):
    set_plan(shifted, account, limit=10)
    server = action()
    campaign = Campaign(shifted, account, PEOPLE, server.url)
    start_worker(at=shifted)
    campaign.becomes(waiting=0, sending=0, sent=10, parked=20)
    clock.set(datetime.datetime(2030, 12, 10, tzinfo=datetime.UTC))
    campaign.becomes(waiting=0, sending=0, sent=20, parked=10)
    clock.set(datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC))
    campaign.becomes(state="expired", sent=20, skipped=10)
    assert len(server.requests) == 20


def test_a_campaign_that_has_not_begun_when_it_expires(redis, account, action, start_worker):
    server, other = action(), action()
    expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=3)
    campaign = Campaign(redis, account, PEOPLE, server.url, "--expires", f"{expires:%Y-%m-%dT%H:%M:%SZ}")
    assert eventually(lambda: datetime.datetime.now(datetime.UTC) > expires)
    start_worker()
    campaign.becomes(state="expired", skipped=30)
    Campaign(redis, account, PEOPLE, other.url, id="other").becomes(state="finished", sent=30)
    assert server.requests == []


def test_a_parked_contact_that_something_else_counted_is_served(redis, account, action, start_worker):
    set_plan(redis, account, limit=3)
    server = action()
    campaign = Campaign(redis, account, PEOPLE, server.url)
    start_worker()
    campaign.becomes(waiting=0, sending=0, sent=3, parked=27)
    # The room that there is then is taken before the campaign goes on.
    campaign.run("pause")
    set_plan(redis, account, limit=5)
    counted = [who for who in PEOPLE if who not in server.contacts][::13][:2]
    activate(redis, account, *counted)
    campaign.run("resume")
    campaign.becomes(waiting=0, sending=0, sent=5, newlyCounted=3, alreadyCounted=2, parked=25)
    assert sorted(server.contacts[3:]) == sorted(counted)
    assert usage(redis, account)["used"] == 5


def test_one_of_many_that_something_else_counted_is_found(redis, account, action, start_worker):
    """However many are parked, only a part of which is looked at each time."""
    people = [str(number) for number in range(2_000)]
    set_plan(redis, account, limit=1)
    server = action()
    campaign = Campaign(redis, account, people, server.url)
    start_worker()
    campaign.becomes(within=30, waiting=0, sending=0, sent=1, parked=1_999)
    campaign.run("pause")
    set_plan(redis, account, limit=2)
    counted = "1999" if "1999" not in server.contacts else "1998"
    activate(redis, account, counted)
    campaign.run("resume")
    campaign.becomes(within=30, waiting=0, sending=0, sent=2, parked=1_998)
    assert server.contacts[1:] == [counted]
