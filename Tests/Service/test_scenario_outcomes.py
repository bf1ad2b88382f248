"""What each answer of an action means for a run."""

import datetime

import pytest

from action_server import DROP, HANG, Answer
from campaigns import set_plan, usage
from service import eventually, free_port, run
from webhooks import account, comes_to, dead_letters, put_scenario, say, story, told
from worker import Worker


@pytest.fixture(scope="module", autouse=True)
def worker(redis):
    worker = Worker(redis, "--action-timeout", 1, "--max-attempts", 3)
    yield worker
    worker.close()


def letter(redis, account):
    """The only one, without when and what it is called."""
    [found] = dead_letters(redis, account)
    return {name: found[name] for name in ("scenario", "run", "contact", "step", "attempts", "outcome", "reason")}


@pytest.mark.parametrize("status", [200, 201, 204])
def test_accepted(redis, client, account, action, status):
    put_scenario(client, account, action(lambda request: status).url)
    say(client, account, "ann")
    comes_to(client, account, finished=1, newlyCounted=1)
    assert dead_letters(redis, account) == []


@pytest.mark.parametrize("answer, reason", [(400, "status 400"), (410, "status 410")])
def test_definitely_not_sent(redis, client, account, action, answer, reason):
    server = action(lambda request: answer)
    put_scenario(client, account, server.url)
    say(client, account, "ann")
    comes_to(client, account, failed=1, newlyCounted=0)
    assert letter(redis, account) == {
        "scenario": "welcome", "run": 1, "contact": "ann", "step": 1, "attempts": 1, "outcome": "failed",
        "reason": reason}
    assert story(client, account, "ann") == ["welcome started", "welcome step 1 failed"]
    assert len(server.requests) == 1
    found = usage(redis, account)
    assert (found["used"], found["held"]) == (0, 0), "the slot is free again"


@pytest.mark.parametrize("answer, reason", [(500, "status 500"), (HANG, "timeout"), (DROP, "")])
def test_nobody_knows(redis, client, account, action, answer, reason):
    server = action(lambda request: answer)
    put_scenario(client, account, server.url)
    say(client, account, "ann")
    comes_to(client, account, unknown=1, newlyCounted=0)
    found = letter(redis, account)
    assert (found["outcome"], found["attempts"], found["step"]) == ("unknown", 1, 1)
    assert reason in found["reason"] and found["reason"]
    assert story(client, account, "ann") == ["welcome started", "welcome step 1 unknown"]
    assert len(server.requests) == 1, "not sent again"
    found = usage(redis, account)
    assert (found["used"], found["held"]) == (0, 1), "the slot is held for a while"


@pytest.mark.parametrize("answer, seconds", [
    (Answer(429, {"Retry-After": "2"}), 2), (Answer(503, {"Retry-After": "1"}), 1), (425, 0.7)])
def test_not_now(client, account, action, answer, seconds):
    answers = [answer, 200]
    server = action(lambda request: answers.pop(0))
    put_scenario(client, account, server.url)
    say(client, account, "ann")
    comes_to(client, account, finished=1, newlyCounted=1)
    first, second = server.requests
    assert second.at - first.at > seconds - 0.1
    assert first.key == second.key, "each attempt has the same key"
    assert [request.json["attempt"] for request in server.requests] == [1, 2]
    assert story(client, account, "ann")[1:] == ["welcome step 1 later", "welcome step 1 sent"]


def test_what_is_put_off_says_why_and_until_when(redis, client, account, action):
    server = action(lambda request: Answer(429, {"Retry-After": "3600"}))
    put_scenario(client, account, server.url)
    say(client, account, "ann")
    assert eventually(lambda: "welcome step 1 later" in story(client, account, "ann"))
    [waiting] = told(client, account, "ann")["runs"]
    at, due = (datetime.datetime.fromisoformat(waiting[name]) for name in ("at", "due"))
    assert datetime.timedelta(minutes=59) < due - at < datetime.timedelta(minutes=61)
    assert [waiting[name] for name in ("state", "attempts", "step", "reason")] == ["waiting", 1, 1, "status 429"]
    text = run("scenario", "runs", account, "--contact", "ann", redis=redis).stdout
    assert "not accepted yet, to be tried again: status 429 (attempt 1)" in text
    assert "waiting: not accepted yet (status 429), tried again at " in text
    assert usage(redis, account)["held"] == 0, "the slot is free meanwhile"


def test_attempts_are_used_up(redis, client, account, action):
    server = action(lambda request: Answer(503, {"Retry-After": "0"}))
    put_scenario(client, account, server.url)
    say(client, account, "ann")
    comes_to(client, account, failed=1)
    assert letter(redis, account) == {
        "scenario": "welcome", "run": 1, "contact": "ann", "step": 1, "attempts": 3, "outcome": "failed",
        "reason": "given up after 3 attempts: status 503"}
    assert [request.json["attempt"] for request in server.requests] == [1, 2, 3]
    outcomes = ["later", "later", "failed"]
    assert story(client, account, "ann")[1:] == [f"welcome step 1 {outcome}" for outcome in outcomes]
    assert usage(redis, account)["held"] == 0


def test_each_step_has_attempts_of_its_own(client, account, action):
    seen = []

    def answer(request):
        seen.append((request.json["step"], request.json["attempt"]))
        return Answer(503, {"Retry-After": "0"}) if request.json["attempt"] < 3 else 200

    put_scenario(client, account, action(answer).url, 0)
    say(client, account, "ann")
    comes_to(client, account, finished=1)
    assert seen == [(step, attempt) for step in (1, 2) for attempt in (1, 2, 3)]


def test_an_action_that_is_not_there_yet(client, account, action):
    port = free_port()
    put_scenario(client, account, f"http://127.0.0.1:{port}/send")
    say(client, account, "ann")
    assert eventually(lambda: "welcome step 1 later" in story(client, account, "ann"))
    server = action(port=port)
    comes_to(client, account, finished=1, newlyCounted=1)
    assert server.contacts == ["ann"]


def test_a_redirect_is_not_followed(redis, client, account, action):
    other = action()
    put_scenario(client, account, action(lambda request: Answer(307, {"Location": other.url})).url)
    say(client, account, "ann")
    comes_to(client, account, failed=1)
    assert other.requests == [] and "redirect" in letter(redis, account)["reason"]


def test_who_is_put_off_may_find_no_room_any_more(redis, client, account, action):
    """Ann's slot is free while she waits, and somebody else takes it."""
    answers = [Answer(429, {"Retry-After": "2"}), 200]
    server = action(lambda request: answers.pop(0))
    set_plan(redis, account, limit=1)
    put_scenario(client, account, server.url)
    say(client, account, "ann")
    assert eventually(lambda: "welcome step 1 later" in story(client, account, "ann"))
    assert client.activate(account, "bob").json()["verdict"] == "activated"
    comes_to(client, account, parked=1)
    set_plan(redis, account, limit=2)
    comes_to(client, account, finished=1)
    assert [request.json["attempt"] for request in server.requests] == [1, 2]
    assert story(client, account, "ann") == [
        "welcome started", "welcome step 1 later", "welcome step 1 parked", "welcome step 1 sent"]
