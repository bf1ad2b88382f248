"""What Meta sends again a day and a half later is known, by Redis's clock; what comes after three days is new."""

import datetime

import pytest

from service import Redis, Service, eventually, make_key
from shifted_clock import ShiftedClock
from webhooks import ENVIRONMENT, body, comment, deliver, entry, message, scenario, set_up, told
from worker import Worker

NOON = datetime.datetime(2030, 11, 3, 12, tzinfo=datetime.UTC)


@pytest.fixture
def clock():
    clock = ShiftedClock()
    clock.set(NOON)
    yield clock
    clock.close()


@pytest.fixture
def redis(clock):
    redis = Redis(environment=clock.environment)
    yield redis
    redis.close()


@pytest.fixture
def service(redis):
    service = Service(redis.url, "--metrics", environment=ENVIRONMENT)
    yield service
    service.close()


@pytest.fixture
def admin_key(redis):
    return make_key(redis)


@pytest.fixture
def server(action):
    return action()


@pytest.fixture(autouse=True)
def worker(redis, service):
    worker = Worker(redis)
    yield worker
    worker.close()


def later(clock, **time):
    clock.set(NOON + datetime.timedelta(**time))


def test_redelivered_for_72_hours(clock, redis, client, account, server):
    """The run has long ended when they come again."""
    raw = body(entry(set_up(client, account, server.url), [message("ann", "m1")], [comment("bob", "c1")]))

    def delivered(duplicates):
        answer = deliver(client, raw)
        assert (answer.status_code, answer.json()["events"], answer.json()["duplicates"]) == (200, 2, duplicates)
        return answer.json()["runs"]

    assert delivered(duplicates=0) == 2
    assert eventually(lambda: not told(client, account, "ann")["runs"] and not told(client, account, "bob")["runs"])
    for time in ({"seconds": 1}, {"hours": 1}, {"hours": 36}, {"hours": 71, "minutes": 59}):
        later(clock, **time)
        assert delivered(duplicates=2) == 0, time
    assert sorted(server.contacts) == ["ann", "bob"]
    later(clock, hours=72, minutes=1)
    assert delivered(duplicates=0) == 2
    assert eventually(lambda: len(server.requests) == 4)
    assert scenario(redis, account, "message")["started"] == scenario(redis, account, "comment")["started"] == 2


def test_other_events_meanwhile_dont_make_it_forgotten(clock, client, account, server):
    instagram = set_up(client, account, server.url)
    first = body(entry(instagram, changes=[comment("ann", "c1")]))
    assert deliver(client, first).json()["runs"] == 1
    for hours in (24, 48, 71):
        later(clock, hours=hours)
        assert deliver(client, body(entry(instagram, changes=[comment("ann", f"c{hours}")]))).json()["duplicates"] == 0
    assert deliver(client, first).json()["duplicates"] == 1
    later(clock, hours=73)
    assert deliver(client, first).json()["duplicates"] == 0


def test_a_service_that_was_restarted_meanwhile_knows_them(clock, redis, client, account, server):
    """Redis has them, and keeps them when it is restarted itself."""
    raw = body(entry(set_up(client, account, server.url), changes=[comment("ann", "c1")]))
    assert deliver(client, raw).json()["runs"] == 1
    redis.stop()
    redis.start()
    later(clock, hours=36)
    other = Service(redis.url, environment=ENVIRONMENT)
    try:
        client.base = other.url
        assert eventually(lambda: deliver(client, raw).status_code == 200)
        assert deliver(client, raw).json() == {"events": 1, "runs": 0, "duplicates": 1, "ignored": 0}
    finally:
        other.close()


def test_what_is_remembered_of_events_goes_after_72_hours(clock, redis, client, account, server):
    instagram = set_up(client, account, server.url)

    def remembered(*ids):
        assert deliver(client, body(entry(instagram, changes=[comment("ann", id) for id in ids]))).status_code == 200
        return int(redis.cli("ZCARD", f"hc:{{{account}}}:seen"))

    assert remembered("c1", "c2", "c3") == 3
    later(clock, hours=48)
    assert remembered("c4") == 4
    later(clock, hours=73)
    assert remembered("c5") == 2
    later(clock, hours=73 + 73)
    assert redis.cli("EXISTS", f"hc:{{{account}}}:seen") == "0"
