"""`headcount dead`: runs that failed, or of which nobody knows, are seen, replayed and purged."""

import json
import re

import pytest

from action_server import DROP
from service import eventually, run
from webhooks import account, comes_to, dead_letters, progress, put_scenario, runs, say, story, worker


class Moody:
    """Answers as it is told to, for the time being."""

    def __init__(self, answer):
        self.answer = answer

    def __call__(self, request):
        return self.answer


def dead(redis, command, *arguments, check=True):
    return run("dead", command, *arguments, redis=redis, check=check)


def die(client, account, url, *contacts, id="welcome"):
    """Each of these contacts' runs fails."""
    put_scenario(client, account, url, id=id)
    for contact in contacts:
        say(client, account, contact, f"I am {contact}", id=f"{id}-{contact}")
    comes_to(client, account, id=id, started=len(contacts), failed=len(contacts))


def test_list_and_show(redis, client, account, action, worker):
    put_scenario(client, account, action(lambda request: 400).url)
    say(client, account, "ann", "Hi\nthere", id="m 1", details={"payload": "x\ty"})
    comes_to(client, account, failed=1)
    [letter] = dead_letters(redis, account)
    assert re.fullmatch(r"\d+-\d+", letter["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", letter["at"])
    assert letter | {"id": "", "at": ""} == {
        "id": "", "account": account, "scenario": "welcome", "run": 1, "contact": "ann", "step": 1, "attempts": 1,
        "outcome": "failed", "reason": "status 400", "at": "",
        "event": {"kind": "message", "id": "m 1", "text": "Hi\nthere", "details": {"payload": "x\ty"}, "at": None}}
    assert json.loads(dead(redis, "show", account, letter["id"], "--json").stdout) == letter

    header, line = dead(redis, "list", account).stdout.splitlines()
    assert header.split() == ["ID", "AT", "SCENARIO", "RUN", "CONTACT", "STEP", "ATTEMPTS", "OUTCOME", "REASON"]
    assert line.split()[0] == letter["id"] and line.endswith("status 400")
    shown = dict(re.split(r"\s{2,}", line, maxsplit=1) for line in dead(
        redis, "show", account, letter["id"]).stdout.splitlines())
    assert shown["outcome"] == "failed: the step was definitely not sent"
    assert (shown["reason"], shown["contact"], shown["event's id"]) == ("status 400", "ann", "m 1")
    assert "Hi" in shown["event's text"] and "there" in shown["event's text"]


def test_the_newest_comes_first_and_scenarios_can_be_told_apart(redis, client, account, action, worker):
    server = action(lambda request: 400)
    for contact in ("ann", "bob"):
        die(client, account, server.url, contact, id=f"of-{contact}")
        put_scenario(client, account, server.url, id=f"of-{contact}", enabled=False)
    assert [letter["contact"] for letter in dead_letters(redis, account)] == ["bob", "ann"]
    for arguments, contacts in [
            (["--newest", 1], ["bob"]), (["--scenario", "of-ann"], ["ann"]), (["--scenario", "x"], [])]:
        lines = dead(redis, "list", account, *arguments, "--json").stdout.splitlines()
        assert [json.loads(line)["contact"] for line in lines] == contacts


def test_one_whose_reply_window_has_closed_stays(redis, client, account, action, worker):
    server = action(lambda request: 400)
    die(client, account, server.url, "ann")
    [letter] = dead_letters(redis, account)
    redis.cli("ZADD", f"hc:{{{account}}}:heard", 1_790_000_000_000, "ann")
    replay = dead(redis, "replay", account, letter["id"], check=False)
    assert (replay.returncode, replay.stdout) == (1, f"{letter['id']}\texpired\n")
    assert client.post(f"/v1/accounts/{account}/dead-letters/{letter['id']}/replay").status_code == 409
    assert dead_letters(redis, account) == [letter] and server.contacts == ["ann"]


def test_accounts_that_have_some(redis, client, account, action, worker):
    server = action(lambda request: 400)
    die(client, account, server.url, "ann", "bob")
    found = [json.loads(line) for line in dead(redis, "list", "--json").stdout.splitlines()]
    assert {"account": account, "count": 2} in found and all(line["count"] > 0 for line in found)
    assert re.search(rf"^{account} +2$", dead(redis, "list").stdout, re.M)
    dead(redis, "purge", account, "--all", "--yes")
    assert account not in dead(redis, "list", "--json").stdout


@pytest.mark.parametrize("answer, outcome", [(400, "failed"), (500, "unknown"), (DROP, "unknown")])
def test_replaying_sends_the_same_step_again_with_the_same_key(redis, client, account, action, worker, answer, outcome):
    mood = Moody(answer)
    server = action(lambda request: mood.answer if request.json["step"] == 2 else 200)
    put_scenario(client, account, server.url, 0, 0)
    say(client, account, "ann", "Hi", id="m1")
    comes_to(client, account, **{outcome: 1})
    [letter] = dead_letters(redis, account)
    mood.answer = 200
    assert dead(redis, "replay", account, letter["id"]).stdout == f"{letter['id']}\treplayed\n"
    comes_to(client, account, started=1, finished=1, failed=0, unknown=0)
    assert [request.json["step"] for request in server.requests] == [1, 2, 2, 3]
    _, first, second, third = server.requests
    assert first.key == second.key != third.key
    assert first.json == second.json, "also the run, the attempt and the event"
    assert dead_letters(redis, account) == []
    assert [run["state"] for run in runs(redis, account)] == ["finished"]
    assert story(client, account, "ann")[-3:] == [
        f"welcome step 2 {outcome}", "welcome step 2 sent", "welcome step 3 sent"]


def test_one_that_fails_again_is_another_letter(redis, client, account, action, worker):
    die(client, account, action(lambda request: 400).url, "ann")
    [letter] = dead_letters(redis, account)
    dead(redis, "replay", account, letter["id"])
    assert eventually(lambda: dead_letters(redis, account) and dead_letters(redis, account)[0]["id"] != letter["id"])
    comes_to(client, account, started=1, failed=1)
    again = dead_letters(redis, account)
    assert len(again) == 1 and again[0] | {"id": "", "at": ""} == letter | {"id": "", "at": ""}


def test_all_of_an_account_or_of_a_scenario(redis, client, account, action, worker):
    mood = Moody(400)
    server = action(mood)
    for id in ("a", "b"):
        put_scenario(client, account, server.url, id=id)
    for contact in ("ann", "bob", "cleo"):
        say(client, account, contact)
    for id in ("a", "b"):
        comes_to(client, account, id=id, failed=3)
    mood.answer = 200
    done = dead(redis, "replay", account, "--all", "--scenario", "a", "--json").stdout.splitlines()
    assert [json.loads(line)["result"] for line in done] == ["replayed"] * 3
    comes_to(client, account, id="a", finished=3)
    assert {letter["scenario"] for letter in dead_letters(redis, account)} == {"b"}
    assert dead(redis, "replay", account, "--all").stdout.count("\treplayed\n") == 3
    comes_to(client, account, id="b", finished=3)
    assert dead_letters(redis, account) == []


def test_all_that_fail_again_are_replayed_once(redis, client, account, action, worker):
    server = action(lambda request: 400)
    die(client, account, server.url, "ann", "bob")
    assert dead(redis, "replay", account, "--all").stdout.count("replayed") == 2
    comes_to(client, account, started=2, failed=2)
    assert len(server.requests) == 4


def test_a_contact_that_has_another_run_under_way_is_busy(redis, client, account, action, worker):
    mood = Moody(400)
    server = action(mood)
    die(client, account, server.url, "ann", "bob")
    server.hold()
    mood.answer = 200
    say(client, account, "ann")
    letters = {letter["contact"]: letter["id"] for letter in dead_letters(redis, account)}
    failed = dead(redis, "replay", account, letters["ann"], letters["bob"], check=False)
    assert (failed.returncode, failed.stdout) == (1, f"{letters['ann']}\tbusy\n{letters['bob']}\treplayed\n")
    assert "1 of 2 letters were not replayed: 1 busy" in failed.stderr
    server.release()
    comes_to(client, account, started=3, failed=1, finished=2)
    assert [letter["id"] for letter in dead_letters(redis, account)] == [letters["ann"]]
    assert dead(redis, "replay", account, letters["ann"]).stdout.endswith("\treplayed\n")
    comes_to(client, account, failed=0, finished=3)


def test_of_a_scenario_that_was_removed(redis, client, account, action, worker):
    mood = Moody(400)
    server = action(mood)
    die(client, account, server.url, "ann")
    run("scenario", "remove", account, "welcome", "--yes", redis=redis)
    [letter] = dead_letters(redis, account)
    failed = dead(redis, "replay", account, letter["id"], check=False)
    assert (failed.returncode, failed.stdout) == (1, f"{letter['id']}\tno_scenario\n")
    assert dead_letters(redis, account) == [letter]
    mood.answer = 200
    put_scenario(client, account, server.url)
    assert dead(redis, "replay", account, letter["id"]).stdout.endswith("\treplayed\n"), "by the new one of that id"
    comes_to(client, account, finished=1, active=0)


def test_while_the_scenario_is_disabled_it_waits(redis, client, account, action, worker):
    mood = Moody(400)
    server = action(mood)
    die(client, account, server.url, "ann")
    mood.answer = 200
    run("scenario", "disable", account, "welcome", redis=redis)
    dead(redis, "replay", account, dead_letters(redis, account)[0]["id"])
    assert progress(client, account)["active"] == 1
    run("scenario", "enable", account, "welcome", redis=redis)
    comes_to(client, account, finished=1)


def test_purging(redis, client, account, action, worker):
    server = action(lambda request: 400)
    die(client, account, server.url, "ann", "bob", "cleo")
    first = dead_letters(redis, account)[-1]["id"]
    purge = dead(redis, "purge", account, first, "1-1", check=False)
    assert purge.returncode == 1 and "1 of the letters were gone" in purge.stderr
    assert purge.stdout == f"{first}\tpurged\n1-1\tgone\n"
    failed = dead(redis, "purge", account, "--all", check=False)
    assert failed.returncode == 64 and "--yes" in failed.stderr
    assert dead(redis, "purge", account, "--all", "--scenario", "other", "--yes").stdout == ""
    assert len(dead_letters(redis, account)) == 2
    assert dead(redis, "purge", account, "--all", "--yes", "--json").stdout.count('"result":"purged"') == 2
    assert dead_letters(redis, account) == []
    assert progress(client, account)["failed"] == 3, "what happened stays"
    assert story(client, account, "ann") == ["welcome started", "welcome step 1 failed"]


@pytest.mark.parametrize("command, arguments, status, message", [
    ("show", ["1-1"], 1, "no such dead letter"),
    ("show", ["nonsense"], 1, "no such dead letter"),
    ("replay", [], 64, "name some, or give --all"),
    ("replay", ["1-1", "--all"], 64, "leave the letters out"),
    ("replay", ["1-1", "--scenario", "a"], 64, "--scenario goes with --all"),
    ("replay", ["1-1"], 1, "1 of 1 letters were not replayed: 1 gone"),
    ("replay", ["nonsense"], 1, "1 of 1 letters were not replayed: 1 gone"),
    ("list", ["--newest", "0"], 64, "give 1 or more"),
    ("list", ["--scenario", "a b"], 64, "a scenario's id"),
])
def test_what_can_not_be(redis, account, command, arguments, status, message):
    failed = dead(redis, command, account, *arguments, check=False)
    assert failed.returncode == status and message in failed.stderr
