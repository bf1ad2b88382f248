"""The reply window: whom it keeps from being answered too late, and what keeps it open."""

import datetime

import pytest

from campaigns import set_plan, usage
from service import Redis, eventually, run
from shifted_clock import ShiftedClock
from webhooks import account, comes_to, dead_letters, put_scenario, runs, say, story, told

class Time:
    """Of Redis's clock: it begins in November 2030, and runs on."""

    def __init__(self):
        self.clock = ShiftedClock()
        self.ahead = datetime.datetime(2030, 11, 3, 12, tzinfo=datetime.UTC) - datetime.datetime.now(datetime.UTC)
        self.go_on(0)

    def go_on(self, seconds):
        self.ahead += datetime.timedelta(seconds=seconds)
        self.clock.set(datetime.datetime.now(datetime.UTC) + self.ahead)

    def text(self, seconds):
        """When it is so many seconds from now, as an event says it."""
        when = datetime.datetime.now(datetime.UTC) + self.ahead + datetime.timedelta(seconds=seconds)
        return f"{when:%Y-%m-%dT%H:%M:%SZ}"


@pytest.fixture(scope="module")
def time():
    time = Time()
    yield time
    time.clock.close()


@pytest.fixture(scope="module")
def redis(time):
    redis = Redis(environment=time.clock.environment)
    yield redis
    redis.close()


@pytest.fixture(autouse=True)
def worker(start_worker):
    """One that has asked Redis for the time, which other tests have moved."""
    return start_worker()


def park(redis, client, account, url, *contacts, window=60, **more):
    set_plan(redis, account, limit=0)
    put_scenario(client, account, url, replyWindow=window, **more)
    for contact in contacts:
        say(client, account, contact)
    comes_to(client, account, parked=len(contacts))


def test_a_parked_run_whose_window_has_closed_is_not_sent_and_reported(redis, client, account, action, time):
    server = action()
    park(redis, client, account, server.url, "ann", "bob")
    time.go_on(61)
    comes_to(client, account, expired=2, parked=0, active=0)
    set_plan(redis, account, limit=10)
    say(client, account, "cleo")
    comes_to(client, account, finished=1)
    assert server.contacts == ["cleo"]
    assert story(client, account, "ann") == ["welcome started", "welcome step 1 parked", "welcome step 1 expired"]
    assert {(run["contact"], run["reason"]) for run in runs(redis, account, "--state", "expired")} == {
        ("ann", "reply window closed"), ("bob", "reply window closed")}
    assert dead_letters(redis, account) == []
    text = run("scenario", "runs", account, "--contact", "ann", redis=redis).stdout
    assert "welcome run 1 step 1: parked, the limit was reached" in text
    assert "welcome run 1 step 1: expired, the reply window had closed" in text
    assert usage(redis, account)["used"] == 1
    assert say(client, account, "ann")["runs"] == 1, "they come back"
    comes_to(client, account, finished=2)


def test_it_is_24_hours_unless_told_otherwise(redis, client, account, action, time):
    server = action()
    set_plan(redis, account, limit=0)
    client.put(f"/v1/accounts/{account}/scenarios/welcome", json={"on": "message", "action": server.url})
    for contact in ("ann", "bob"):
        say(client, account, contact)
        comes_to(client, account, parked=1 + (contact == "bob"))
        time.go_on(30)
    time.go_on(86_400 - 45)
    comes_to(client, account, expired=1, parked=1)
    set_plan(redis, account, limit=1)
    comes_to(client, account, finished=1)
    assert server.contacts == ["bob"]


def test_without_one_a_run_goes_on_however_late(redis, client, account, action, time):
    server = action()
    park(redis, client, account, server.url, "ann", window=None)
    time.go_on(3 * 86_400)
    set_plan(redis, account, limit=1)
    comes_to(client, account, finished=1)
    assert server.contacts == ["ann"]


@pytest.mark.parametrize("event", ["message", "comment"])
def test_whatever_the_contact_does_keeps_it_open(redis, client, account, action, time, event):
    """Also what starts nothing."""
    server = action()
    park(redis, client, account, server.url, "ann", "bob")
    time.go_on(40)
    assert say(client, account, "ann", event=event)["runs"] == 0
    time.go_on(40)
    comes_to(client, account, expired=1, parked=1)
    set_plan(redis, account, limit=5)
    comes_to(client, account, finished=1)
    assert server.contacts == ["ann"]


def test_an_upgrade_after_it_has_closed_sends_nothing(redis, client, account, action, time):
    """However fast the workers are: there is room at the same moment."""
    server = action()
    park(redis, client, account, server.url, *(f"contact-{number}" for number in range(80)))
    run("scenario", "disable", account, "welcome", redis=redis)
    time.go_on(61)
    set_plan(redis, account, limit=100)
    run("scenario", "enable", account, "welcome", redis=redis)
    comes_to(client, account, expired=80)
    assert (server.requests, usage(redis, account)["used"]) == ([], 0)


def test_a_later_step_that_is_too_late_is_not_sent(client, account, action, time):
    server = action()
    put_scenario(client, account, server.url, 50, 50, replyWindow=60)
    for contact in ("ann", "bob"):
        say(client, account, contact)
    comes_to(client, account, newlyCounted=2, sending=0)
    time.go_on(51)
    comes_to(client, account, alreadyCounted=2, active=2, sending=0)
    say(client, account, "bob")
    time.go_on(51)
    comes_to(client, account, expired=1, finished=1)
    assert story(client, account, "ann")[1:] == ["welcome step 1 sent", "welcome step 2 sent", "welcome step 3 expired"]
    assert server.contacts.count("bob") == 3


def test_an_attempt_that_comes_too_late_is_not_made(redis, client, account, action, time):
    server = action(lambda request: 503)
    put_scenario(client, account, server.url, replyWindow=60)
    say(client, account, "ann")
    assert eventually(lambda: "welcome step 1 later" in story(client, account, "ann"))
    run("scenario", "disable", account, "welcome", redis=redis)
    made = len(server.requests)
    time.go_on(61)
    run("scenario", "enable", account, "welcome", redis=redis)
    comes_to(client, account, expired=1)
    assert len(server.requests) == made
    assert story(client, account, "ann")[-1] == "welcome step 1 expired"


def test_it_begins_when_the_contact_did_it_by_the_channels_clock(client, account, action, time):
    server = action()
    put_scenario(client, account, server.url, replyWindow=3600)
    for contact, at in (("late", time.text(-3700)), ("just", time.text(-3300)), ("ahead", time.text(+9999))):
        assert say(client, account, contact, at=at)["runs"] == 1
    comes_to(client, account, expired=1, finished=2)
    assert sorted(server.contacts) == ["ahead", "just"]
    assert told(client, account, "ahead")["lastEvent"] <= time.text(1), "a clock that is ahead is not believed"


def test_an_older_event_does_not_take_back_what_a_newer_one_began(client, account, action, time):
    """Webhooks come in any order."""
    server = action()
    put_scenario(client, account, server.url, 30, replyWindow=60)
    say(client, account, "ann", at=time.text(0))
    comes_to(client, account, newlyCounted=1, sending=0)
    say(client, account, "ann", at=time.text(-55))
    time.go_on(31)
    comes_to(client, account, finished=1)


def test_a_wider_window_is_that_of_runs_under_way(redis, client, account, action, time):
    server = action()
    park(redis, client, account, server.url, "ann")
    put_scenario(client, account, server.url, replyWindow=3600)
    time.go_on(600)
    set_plan(redis, account, limit=1)
    comes_to(client, account, finished=1)


def test_the_history_says_until_when_it_is_open(redis, client, account, action):
    park(redis, client, account, action().url, "ann", window=86_400)
    text = run("scenario", "runs", account, "--contact", "ann", redis=redis).stdout
    assert "parked: the limit is reached; it goes on when the limit rises or on " in text
    assert "; reply window closes 2030-" in text and ", unless the contact does something until then" in text
