"""Who is erased is gone from scenarios as well; and of an account that is removed nothing is left."""

import json
import signal

import pytest

from campaigns import set_plan, usage
from identities import WITH_KEY, annabel, erase, eraser, keyed, traces
from service import eventually, run
from webhooks import account, comes_to, dead_letters, instagram_id, link, progress, put_scenario, runs, say, story
from worker import Worker


@pytest.fixture(scope="module", autouse=True)
def worker(redis):
    worker = Worker(redis, environment=WITH_KEY)
    yield worker
    worker.close()


def left(redis, account, contact):
    """The keys in which somebody still stands. Of streams, it is what commands show: Redis reuses their bytes later."""
    return [
        key for key in traces(redis, contact, f"*{{{account}}}*")
        if redis.cli("TYPE", key) != "stream" or contact in redis.cli("XRANGE", key, "-", "+")]


# Of each state: what the action answers, and the numbers by which it is known.
STATES = {
    "waiting": (200, {"active": 1}), "sending": (200, {"sending": 1}), "parked": (200, {"parked": 1}),
    "between steps": (200, {"newlyCounted": 1}), "put off": (503, {"active": 1, "sending": 0}),
    "finished": (200, {"finished": 1}), "failed": (400, {"failed": 1}), "unknown": (500, {"unknown": 1})}


@pytest.fixture
def bring(redis, client, account, worker):
    """Brings somebody's run into a state."""
    def bring(server, state, contact):
        if state == "waiting":
            worker.process.send_signal(signal.SIGSTOP)
        server.answer = lambda request: STATES[state][0]
        set_plan(redis, account, limit=0 if state == "parked" else 10)
        put_scenario(client, account, server.url, 3600 if state == "between steps" else 0, coolDown=3600)
        if state == "sending":
            server.hold()
        say(client, account, contact, f"I am {contact}", id=contact, details={"username": contact})
        comes_to(client, account, **STATES[state][1])
        if state == "put off":
            assert eventually(lambda: story(client, account, contact)[-1] == "welcome step 1 later")

    yield bring
    worker.process.send_signal(signal.SIGCONT)


@pytest.mark.parametrize("state", STATES)
def test_nothing_is_left_and_the_numbers_add_up(redis, client, eraser, account, annabel, action, worker, bring, state):
    server = action()
    bring(server, state, annabel)
    say(client, account, "bob", "I am bob", event="comment")
    before = progress(client, account)
    assert left(redis, account, annabel), "or there is nothing to erase"

    document = erase(eraser, account, annabel)
    assert (document["erased"], document["scenarios"]) == (True, ["welcome"])
    assert left(redis, account, annabel) == []
    after = progress(client, account)
    assert after["started"] == 1 and after["active"] == after["parked"] == after["sending"] == 0
    assert after["erased"] == before["active"]
    assert (runs(redis, account), dead_letters(redis, account), story(client, account, annabel)) == ([], [], [])
    assert erase(eraser, account, annabel)["erased"] is False
    assert story(client, account, "bob") == ["nothing"], "nobody else loses anything"

    worker.process.send_signal(signal.SIGCONT)
    server.release()
    assert eventually(lambda: server.under_way == 0)
    server.answer = lambda request: 200
    set_plan(redis, account, limit=10)
    put_scenario(client, account, server.url, id="other", on="comment")
    say(client, account, "bob", event="comment")
    comes_to(client, account, id="other", finished=1)
    assert progress(client, account) == after, "nothing of it goes on"
    assert left(redis, account, annabel) == []


def test_who_comes_back_begins_anew_and_is_not_counted_twice(redis, client, eraser, account, annabel, action, bring):
    server = action()
    bring(server, "finished", annabel)
    erase(eraser, account, annabel)
    assert say(client, account, annabel, id=annabel)["duplicates"] == 1, "an event that came before starts nothing"
    assert say(client, account, annabel)["runs"] == 1, "who is not known does not cool down"
    comes_to(client, account, started=2, finished=2, newlyCounted=1, alreadyCounted=3)
    assert usage(redis, account)["used"] == 1
    assert story(client, account, annabel)[-3:] == ["welcome started", "welcome step 1 sent", "welcome step 2 sent"]


@pytest.mark.parametrize("contact", ["annabel", "17841400008460056"])
def test_who_only_did_something_is_known_and_can_be_erased(redis, client, eraser, account, contact):
    """No scenario was meant."""
    say(client, account, contact)
    assert left(redis, account, contact)
    assert erase(eraser, account, contact) == {"erased": True, "periods": [], "campaigns": [], "scenarios": []}
    assert left(redis, account, contact) == []


def test_who_is_erased_while_a_call_is_under_way_counts_when_it_is_accepted(
        redis, eraser, account, annabel, action, bring):
    server = action()
    bring(server, "sending", annabel)
    erase(eraser, account, annabel)
    assert (usage(redis, account)["used"], usage(redis, account)["held"]) == (0, 1)
    server.release()
    assert eventually(lambda: usage(redis, account)["used"] == 1)
    assert usage(redis, account)["held"] == 0
    assert left(redis, account, annabel) == []


def test_of_a_scenario_that_was_removed(redis, eraser, account, annabel, action, bring):
    bring(action(), "failed", annabel)
    run("scenario", "remove", account, "welcome", "--yes", redis=redis)
    assert erase(eraser, account, annabel)["scenarios"] == ["welcome"], "of which there is a dead letter"
    assert left(redis, account, annabel) == []


def test_the_command_names_the_scenarios(redis, account, annabel, action, bring):
    server = action()
    bring(server, "parked", annabel)
    done = run("contacts", "erase", account, annabel, "--yes", "--json", redis=redis, environment=WITH_KEY)
    document = json.loads(done.stdout)
    assert (document["erased"], document["scenarios"]) == (True, ["welcome"])


# Accounts


@pytest.mark.parametrize("state", ["parked", "between steps", "failed"])
def test_of_an_account_that_is_removed_nothing_is_left(redis, account, annabel, action, bring, state):
    server, instagram = action(), instagram_id()
    link(redis, account, instagram)
    bring(server, state, annabel)
    assert "scenarios" in redis.cli("KEYS", f"hc:{{{account}}}:*")
    run("account", "remove", account, "--yes", redis=redis)
    assert redis.cli("KEYS", f"*{{{account}}}*") == ""
    assert f"{account} " not in redis.cli("ZRANGE", "hc:due:scenarios", 0, -1)
    assert redis.cli("HGET", "hc:channels:instagram", instagram) == ""
    link(redis, account + "-new", instagram)
