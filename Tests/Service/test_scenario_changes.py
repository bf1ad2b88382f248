"""Scenarios that are disabled, replaced or removed while their runs are under way."""

import json

import pytest

from campaigns import set_plan, usage
from service import eventually, run
from webhooks import (
    account, comes_to, dead_letters, progress, put_scenario, runs, say, scenario, story, told, worker)


def change(redis, command, account, *arguments):
    return run("scenario", command, account, "welcome", *arguments, redis=redis).stdout


def between_steps(client, account, server, delay):
    """Ann's run waits for its second step."""
    put_scenario(client, account, server.url, delay)
    say(client, account, "ann")
    comes_to(client, account, newlyCounted=1, active=1, sending=0)


# Disabled


@pytest.mark.parametrize("command, is_enabled", [("disable", False), ("enable", True)])
def test_doing_it_twice_is_doing_it_once(redis, client, account, command, is_enabled):
    put_scenario(client, account, "http://127.0.0.1:1/send")
    for _ in range(2):
        assert json.loads(change(redis, command, account, "--json")) == scenario(redis, account)
        assert change(redis, command, account) == f"welcome\t{command}d\n"
    assert scenario(redis, account)["enabled"] is is_enabled


def test_while_it_is_disabled_its_runs_wait(redis, client, account, action, worker):
    server = action()
    between_steps(client, account, server, 1)
    change(redis, "disable", account)
    set_plan(redis, account, limit=1)
    put_scenario(client, account, server.url, 0, id="other")
    say(client, account, "ann")
    comes_to(client, account, id="other", finished=1, alreadyCounted=2)
    [waiting] = runs(redis, account, "welcome")
    assert eventually(lambda: told(client, account, "ann")["runs"] == [waiting])
    assert "the scenario is disabled" in run("scenario", "runs", account, "--contact", "ann", redis=redis).stdout
    assert progress(client, account)["active"] == 1
    change(redis, "enable", account)
    comes_to(client, account, finished=1)
    own = [request.json for request in server.requests if request.json["automation"] == "scenario:welcome"]
    assert [sent["step"] for sent in own] == [1, 2]
    assert story(client, account, "ann")[-2:] == ["other step 2 sent", "welcome step 2 sent"]


def test_a_call_under_way_is_finished_though_it_is_disabled(redis, client, account, action, worker):
    server = action()
    server.hold()
    put_scenario(client, account, server.url)
    say(client, account, "ann")
    assert eventually(lambda: server.under_way)
    change(redis, "disable", account)
    server.release()
    comes_to(client, account, finished=1, newlyCounted=1)


def test_who_was_parked_is_sent_nothing_until_it_is_enabled(redis, client, account, action, worker):
    server = action()
    set_plan(redis, account, limit=0)
    put_scenario(client, account, server.url)
    say(client, account, "ann")
    comes_to(client, account, parked=1)
    change(redis, "disable", account)
    set_plan(redis, account, limit=1)
    put_scenario(client, account, server.url, id="other")
    say(client, account, "bob")
    comes_to(client, account, id="other", finished=1)
    assert progress(client, account)["parked"] == 1
    set_plan(redis, account, limit=2)
    change(redis, "enable", account)
    comes_to(client, account, finished=1)
    assert server.contacts == ["bob", "ann"]


# Replaced


def test_a_run_goes_on_by_the_new_steps(redis, client, account, action, worker):
    old, new = action(), action()
    between_steps(client, account, old, 1)
    done = run("scenario", "add", account, "--id", "welcome", "--on", "comment", "--action", new.url, "--step",
               f"1={new.url}2", "--step", f"0={new.url}3", "--replace", redis=redis)
    assert done.stdout == "welcome\tenabled\n"
    comes_to(client, account, finished=1)
    assert [request.path for request in old.requests + new.requests] == ["/send", "/send2", "/send3"]
    assert [request.json["step"] for request in new.requests] == [2, 3]
    assert {request.json["run"] for request in new.requests} == {1}
    assert (say(client, account, "bob")["runs"], say(client, account, "bob", event="comment")["runs"]) == (0, 1)


def test_a_run_that_waits_beyond_the_new_steps_comes_to_an_end(client, account, action, worker):
    """The scenario has one step now, and ann was sent it."""
    old, new = action(), action()
    between_steps(client, account, old, 1)
    put_scenario(client, account, new.url)
    comes_to(client, account, finished=1, active=0)
    assert (len(old.requests), new.requests) == (1, [])


def test_replacing_keeps_its_numbers_and_whether_it_is_enabled(redis, client, account, action, worker):
    server = action()
    put_scenario(client, account, server.url)
    say(client, account, "ann")
    comes_to(client, account, finished=1)
    change(redis, "disable", account)
    before = scenario(redis, account)
    run("scenario", "add", account, "--id", "welcome", "--on", "comment", "--action", server.url, "--replace", "--who",
        "Ada", redis=redis)
    assert scenario(redis, account) == before | {"on": "comment", "who": "Ada"}
    assert before["enabled"] is False
    change(redis, "enable", account)
    run("scenario", "add", account, "--id", "welcome", "--on", "comment", "--action", server.url, "--replace",
        "--disabled", redis=redis)
    assert scenario(redis, account)["enabled"] is False


def test_without_replace_one_that_is_there_stays(redis, client, account):
    made = put_scenario(client, account, "http://127.0.0.1:1/send")
    failed = run("scenario", "add", account, "--id", "welcome", "--on", "comment", "--action", "https://example.com/",
                 redis=redis, check=False)
    assert (failed.returncode, failed.stdout) == (1, "") and "--replace" in failed.stderr
    assert scenario(redis, account) == made


# Removed


def test_its_runs_end(redis, client, account, action, worker):
    server = action()
    between_steps(client, account, server, 1)
    server.hold()
    say(client, account, "bob")
    assert eventually(lambda: server.under_way == 1)
    assert change(redis, "remove", account, "--yes") == "welcome\tremoved\t2\n"
    server.release()
    assert eventually(lambda: usage(redis, account)["used"] == 2), "bob was reached, and counts"
    assert redis.cli("KEYS", f"hc:{{{account}}}:scenario:*") == ""
    failed = run("scenario", "show", account, "welcome", redis=redis, check=False)
    assert failed.returncode == 1 and "no such scenario" in failed.stderr
    assert run("scenario", "runs", account, "--json", redis=redis).stdout == ""
    assert story(client, account, "ann") == ["welcome started", "welcome step 1 sent"]

    put_scenario(client, account, server.url, id="other")
    say(client, account, "ann")
    comes_to(client, account, id="other", finished=1)
    assert sorted(server.contacts) == ["ann", "ann", "bob"], "nothing more of the one that was removed"


def test_one_of_the_same_id_begins_anew(redis, client, account, action, worker):
    old, new = action(), action()
    between_steps(client, account, old, 1)
    key = old.requests[0].key
    change(redis, "remove", account, "--yes")
    put_scenario(client, account, new.url, coolDown=60)
    assert progress(client, account)["started"] == 0
    assert say(client, account, "ann")["runs"] == 1
    comes_to(client, account, started=1, finished=1)
    assert (old.contacts, new.contacts) == (["ann"], ["ann"])
    assert new.requests[0].key != key


def test_a_call_of_the_one_before_is_no_call_of_the_new_one(redis, client, account, action, worker):
    """Its answer comes while the new one's run waits for the answer to the same contact."""
    old, new = action(lambda request: 400), action()
    old.hold(), new.hold()
    put_scenario(client, account, old.url)
    say(client, account, "ann")
    assert eventually(lambda: old.under_way)
    change(redis, "remove", account, "--yes")
    put_scenario(client, account, new.url)
    say(client, account, "ann")
    assert eventually(lambda: new.under_way)
    old.release()
    assert eventually(lambda: not old.under_way)
    new.release()
    comes_to(client, account, started=1, finished=1, failed=0, sending=0)
    assert dead_letters(redis, account) == []


def test_removing_asks_first(redis, client, account):
    put_scenario(client, account, "http://127.0.0.1:1/send")
    say(client, account, "ann")
    failed = run("scenario", "remove", account, "welcome", redis=redis, check=False, input="y\n")
    assert (failed.returncode, failed.stdout) == (64, "") and "--yes" in failed.stderr
    assert progress(client, account)["active"] == 1
    done = run("scenario", "remove", account, "welcome", "--yes", "--json", redis=redis)
    assert json.loads(done.stdout) == {"account": account, "id": "welcome", "runs": 1}


@pytest.mark.parametrize("command", ["show", "enable", "disable", "runs", "remove"])
def test_one_that_is_not_there(redis, account, command):
    consent = ["--yes"] if command == "remove" else []
    failed = run("scenario", command, account, "nothing", *consent, redis=redis, check=False)
    assert (failed.returncode, failed.stdout) == (1, "")
    assert "'nothing': the account has no such scenario" in failed.stderr
