"""Workers that carry out scenarios: killed, frozen and drained, and those that do only a part of the work."""

import datetime
import signal

import pytest

from action_server import DROP, Answer
from campaigns import Campaign, usage
from service import Redis, eventually, run
from shifted_clock import ShiftedClock
from webhooks import account, comes_to, dead_letters, progress, put_scenario, say, story


class Lease:
    """By Redis's clock, for how long a worker may keep what it has."""

    def __init__(self, clock):
        self.clock = clock
        self.now = datetime.datetime.now(datetime.UTC)

    def ends(self):
        self.now += datetime.timedelta(minutes=2)
        self.clock.set(self.now)


@pytest.fixture(scope="module")
def lease():
    lease = Lease(ShiftedClock())
    yield lease
    lease.clock.close()


@pytest.fixture(scope="module")
def redis(lease):
    redis = Redis(environment=lease.clock.environment)
    yield redis
    redis.close()


def steps(server, contact="ann"):
    return [request.json["step"] for request in server.requests if request.contact == contact]


# Killed


def test_of_a_call_under_way_nobody_knows_and_it_is_not_made_again(
        redis, client, account, action, start_worker, lease):
    server = action()
    server.hold()
    put_scenario(client, account, server.url, 0)
    killed = start_worker()
    say(client, account, "ann")
    assert eventually(lambda: server.under_way)
    killed.kill()
    start_worker()
    server.release()
    say(client, account, "bob")
    comes_to(client, account, finished=1, active=1, sending=1)
    lease.ends()
    comes_to(client, account, finished=1, unknown=1, sending=0)
    [letter] = dead_letters(redis, account)
    assert (letter["contact"], letter["outcome"], letter["reason"], letter["attempts"]) == (
        "ann", "unknown", "worker died", 1)
    assert story(client, account, "ann") == ["welcome started", "welcome step 1 unknown"]
    assert steps(server) == [1]

    run("dead", "replay", account, letter["id"], redis=redis)
    comes_to(client, account, finished=2, unknown=0)
    assert steps(server) == [1, 1, 2], "on request"
    assert server.requests[0].key == next(
        request.key for request in server.requests[1:] if request.contact == "ann"), "with the same key"


@pytest.mark.parametrize("state", ["between steps", "put off"])
def test_nothing_is_lost_of_what_was_not_under_way(redis, client, account, action, start_worker, state):
    answers = [Answer(503, {"Retry-After": "1"})] if state == "put off" else []
    server = action(lambda request: answers.pop() if answers else 200)
    put_scenario(client, account, server.url, 1)
    killed = start_worker()
    say(client, account, "ann")
    last = {"between steps": "welcome step 1 sent", "put off": "welcome step 1 later"}[state]
    assert eventually(lambda: story(client, account, "ann")[-1] == last)
    killed.kill()
    start_worker()
    comes_to(client, account, finished=1)
    assert steps(server) == ([1, 1, 2] if state == "put off" else [1, 2])
    assert usage(redis, account)["used"] == 1


def test_events_that_came_while_there_was_no_worker_are_answered(client, account, action, start_worker):
    server = action()
    put_scenario(client, account, server.url)
    for contact in ("ann", "bob"):
        say(client, account, contact)
    start_worker()
    comes_to(client, account, finished=2)
    assert sorted(server.contacts) == ["ann", "bob"]


def test_a_worker_that_was_not_heard_of_for_long_does_no_harm(redis, client, account, action, start_worker, lease):
    """It comes to itself when another one has sent the step again, on request."""
    server = action()
    server.hold()
    put_scenario(client, account, server.url)
    absent = start_worker()
    say(client, account, "ann")
    assert eventually(lambda: server.under_way)
    absent.process.send_signal(signal.SIGSTOP)
    server.release()
    lease.ends()
    start_worker()
    comes_to(client, account, unknown=1, sending=0)
    run("dead", "replay", account, "--all", redis=redis)
    comes_to(client, account, finished=1, unknown=0)
    before = story(client, account, "ann")
    absent.process.send_signal(signal.SIGCONT)
    assert absent.terminate() == 0
    comes_to(client, account, started=1, finished=1, unknown=0)
    assert (story(client, account, "ann"), dead_letters(redis, account)) == (before, [])
    found = usage(redis, account)
    assert (found["used"], found["held"], steps(server)) == (1, 0, [1, 1])


# Drained


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_what_is_under_way_is_finished_and_recorded(client, account, action, start_worker, end):
    server = action()
    server.hold()
    put_scenario(client, account, server.url, 0)
    worker = start_worker("--log-level", "debug")
    for contact in ("ann", "bob"):
        say(client, account, contact)
    assert eventually(lambda: server.under_way == 2)
    worker.process.send_signal(end)
    assert eventually(lambda: "AutomationWorker [ServiceLifecycle] Triggering graceful shutdown" in worker.log)
    say(client, account, "cleo")
    server.release()
    assert worker.process.wait(20) == 0
    assert steps(server) == steps(server, "bob") == [1], "nothing new is begun"
    comes_to(client, account, started=3, active=3, sending=0, newlyCounted=2)
    start_worker()
    comes_to(client, account, finished=3)
    assert [steps(server, contact) for contact in ("ann", "bob", "cleo")] == [[1, 2]] * 3


def test_an_account_that_is_removed_while_a_call_is_under_way(redis, client, account, action, start_worker):
    """Its answer brings nothing of the account back."""
    server = action()
    server.hold()
    put_scenario(client, account, server.url, 0)
    worker = start_worker()
    say(client, account, "ann")
    assert eventually(lambda: server.under_way)
    run("account", "remove", account, "--yes", redis=redis)
    server.release()
    assert worker.terminate() == 0
    assert redis.cli("KEYS", f"hc:{{{account}}}:*") == ""


# A part of the work


@pytest.mark.parametrize("flags, does", [
    (["--scenarios"], {"scenario"}), (["--campaigns"], {"campaign"}), ([], {"scenario", "campaign"}),
    (["--scenarios", "--campaigns"], {"scenario", "campaign"})])
def test_what_a_worker_does(redis, client, account, action, start_worker, flags, does):
    """A campaign and a scenario of the same id, with the same contact."""
    server = action()
    put_scenario(client, account, server.url)
    say(client, account, "ann")
    campaign = Campaign(redis, account, ["ann"], server.url, id="welcome")
    worker = start_worker(*flags)
    assert eventually(lambda: len(server.requests) == len(does))
    assert worker.terminate() == 0
    assert {request.json["automation"] for request in server.requests} == {f"{kind}:welcome" for kind in does}
    start_worker()
    comes_to(client, account, started=1, finished=1)
    campaign.becomes(state="finished", sent=1)
    assert server.contacts == ["ann", "ann"] and len({request.key for request in server.requests}) == 2
    assert usage(redis, account)["used"] == 1
    assert story(client, account, "ann") == ["welcome started", "welcome step 1 sent"]


def test_two_workers_carry_out_each_run_once_and_at_any_moment_the_numbers_add_up(
        client, account, action, start_worker):
    server = action()
    put_scenario(client, account, server.url, 0, 0)
    for _ in range(2):
        start_worker()
    for number in range(60):
        say(client, account, f"contact-{number}")
        for _ in range(2):
            progress(client, account)
    comes_to(client, account, finished=60, newlyCounted=60, alreadyCounted=120)
    sent = [(request.contact, request.json["step"]) for request in server.requests]
    assert len(sent) == len(set(sent)) == 180


def test_no_log_has_a_contact_or_what_it_said(client, account, action, start_worker):
    answers = {"contact-4711": 200, "contact-4712": 400, "contact-4713": DROP, "contact-4714": 503}
    put_scenario(client, account, action(lambda request: answers[request.contact]).url)
    worker = start_worker("--log-level", "trace", "--max-attempts", "1")
    for contact in answers:
        say(client, account, contact, "abracadabra", id=f"mid-{contact}")
    comes_to(client, account, finished=1, failed=2, unknown=1)
    assert worker.terminate() == 0
    assert "AutomationWorker" in worker.log
    assert "contact-47" not in worker.log and "abracadabra" not in worker.log


# What Redis keeps


def test_a_scenario_that_nothing_ever_started_is_left_alone(redis, client, account, start_worker):
    put_scenario(client, account, "http://127.0.0.1:1/")
    run("scenario", "enable", account, "welcome", redis=redis)
    worker = start_worker()
    assert eventually(lambda: redis.cli("ZSCORE", "hc:due:scenarios", f"{account} welcome") == "")
    assert "warning" not in worker.log


def test_steps_may_be_further_apart_than_a_stream_is_kept(redis, client, account, action, start_worker, lease):
    """The streams have expired meanwhile: with nothing put into them they do so after 100 days."""
    server = action()
    put_scenario(client, account, server.url, 60)
    start_worker("--action-timeout", 2)
    say(client, account, "ann")
    assert eventually(lambda: steps(server) == [1])
    redis.cli("DEL", *(f"hc:{{{account}}}:scenario:welcome:{stream}" for stream in ("queue", "again")))
    lease.ends()
    assert eventually(lambda: steps(server) == [1, 2])
    comes_to(client, account, finished=1)
    say(client, account, "bob")
    assert eventually(lambda: steps(server, "bob") == [1])
    assert int(redis.cli("TTL", f"hc:{{{account}}}:scenario:welcome:again")) > 0
