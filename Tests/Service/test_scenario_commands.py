"""`headcount scenario`: what it shows of scenarios, runs and contacts, and what it refuses."""

import json
import re

import pytest

from campaigns import set_plan
from service import run
from webhooks import account, comes_to, history, put_scenario, runs, say, scenario, told, worker

URL = "https://example.com/send"


def add(redis, account, *arguments, id="welcome", on="message", action=URL):
    return run("scenario", "add", account, "--id", id, "--on", on, "--action", action, *arguments, redis=redis,
               check=False)


def text(redis, *arguments):
    return run("scenario", *arguments, redis=redis).stdout


def rows(table):
    """By what stands first in each line."""
    return dict(re.split(r"\s{2,}", line.strip(), maxsplit=1) for line in table.splitlines())


# Scenarios


def test_add_and_show(redis, account):
    done = add(redis, account, "--keyword", "hi", "Good day", "--keyword", "a,b", "--step", "15m", "--step",
               "3d=https://example.com/later?a=b", "--cool-down", "7d", "--reply-window", "90m", "--who", "Ada")
    assert (done.returncode, done.stdout) == (0, "welcome\tenabled\n"), done.stderr
    found = scenario(redis, account)
    assert found == found | {
        "account": account, "id": "welcome", "enabled": True, "on": "message", "keywords": ["hi", "Good day", "a,b"],
        "match": "contains", "coolDown": 604_800, "replyWindow": 5_400, "who": "Ada", "started": 0, "active": 0,
        "steps": [{"delay": 0, "action": URL}, {"delay": 900, "action": URL},
                  {"delay": 259_200, "action": "https://example.com/later?a=b"}]}
    shown = rows(text(redis, "show", account, "welcome"))
    assert (shown["state"], shown["on"], shown["keywords"]) == ("enabled", "message", "contains: hi, Good day, a,b")
    assert (shown["step 1"], shown["step 2"]) == (f"at once: {URL}", f"15m after the step before: {URL}")
    assert (shown["cool-down"], shown["reply window"]) == ("7d", "90m after the contact's last event")
    assert (shown["changed by"], shown["runs started"]) == ("Ada", "0")


@pytest.mark.parametrize("arguments, match, keywords", [
    ([], "any", []), (["--match", "any"], "any", []), (["--keyword", "hi", "--match", "exact"], "exact", ["hi"]),
    (["--keyword", "hi", "--match", "contains"], "contains", ["hi"]), (["--keyword", "hi"], "contains", ["hi"])])
def test_what_is_left_out(redis, account, arguments, match, keywords):
    assert add(redis, account, *arguments).returncode == 0
    found = scenario(redis, account)
    assert (found["match"], found["keywords"], found["replyWindow"], found["coolDown"]) == (match, keywords, 86_400, 0)


def test_one_without_a_reply_window_that_starts_nothing_yet(redis, account):
    done = add(redis, account, "--reply-window", "none", "--disabled", "--json")
    assert json.loads(done.stdout) == scenario(redis, account)
    assert (json.loads(done.stdout)["replyWindow"], json.loads(done.stdout)["enabled"]) == (None, False)
    assert rows(text(redis, "show", account, "welcome"))["reply window"] == "none"


def test_list(redis, client, account, action, worker):
    put_scenario(client, account, action().url, id="b", keywords=["hi"])
    put_scenario(client, account, action().url, id="a", on="comment", enabled=False)
    say(client, account, "ann", "hi")
    comes_to(client, account, id="b", finished=1)
    header, first, second = text(redis, "list", account).splitlines()
    assert header.split()[:6] == ["ID", "STATE", "ON", "KEYWORDS", "STEPS", "STARTED"]
    assert first.split()[:6] == ["a", "disabled", "comment", "any", "1", "0"]
    assert second.split()[:7] == ["b", "enabled", "message", "contains:", "hi", "1", "1"]
    lines = [json.loads(line) for line in text(redis, "list", account, "--json").splitlines()]
    assert lines == [scenario(redis, account, id) for id in ("a", "b")]


@pytest.mark.parametrize("arguments, said", [
    (["--match", "exact"], "--match exact needs words"),
    (["--match", "contains"], "--match contains needs words"),
    (["--match", "any", "--keyword", "hi"], "--match any is whatever the text"),
    (["--match", "some", "--keyword", "hi"], "some"),
    (["--keyword", " "], "a keyword has 1 to 256 bytes"),
    (["--keyword", "x" * 257], "a keyword has 1 to 256 bytes"),
    (["--keyword", *map(str, range(101))], "at most 100 keywords"),
    (["--step", "1m"] * 20, "1 to 20 steps"),
    (["--step=-1"], "--step '-1'"),
    (["--step", "31d"], "30 days"),
    (["--step", "soon"], "--step 'soon'"),
    (["--step", "1m=nowhere"], "--step '1m=nowhere'"),
    (["--step", "1m="], "--step '1m='"),
    (["--cool-down=-5s"], "--cool-down '-5s'"),
    (["--cool-down", "367d"], "a cool-down is 0 seconds to a year"),
    (["--reply-window", "59s"], "a reply window is 60 seconds to 30 days"),
    (["--reply-window", "31d"], "a reply window is 60 seconds to 30 days"),
    (["--reply-window", "never"], "--reply-window 'never'"),
    (["--who", "A\nda"], "A"),
])
def test_what_can_not_be(redis, account, arguments, said):
    failed = add(redis, account, *arguments)
    assert (failed.returncode, failed.stdout) == (64, "") and said in failed.stderr, failed.stderr
    assert text(redis, "list", account, "--json") == ""


@pytest.mark.parametrize("given, status, said", [
    ({"id": "a b"}, 64, "a scenario's id has 1 to 64"),
    ({"id": "x" * 65}, 64, "a scenario's id has 1 to 64"),
    ({"id": ""}, 64, "a scenario's id has 1 to 64"),
    ({"on": "sneeze"}, 64, "sneeze"),
    ({"action": "example.com"}, 64, "--action 'example.com'"),
    ({"action": "ftp://example.com/"}, 64, "--action 'ftp://example.com/'"),
    ({"account": "acct{1}"}, 65, "account"),
])
def test_names_that_can_not_be(redis, account, given, status, said):
    account = given.pop("account", account)
    failed = add(redis, account, **given)
    assert (failed.returncode, failed.stdout) == (status, "") and said in failed.stderr, failed.stderr


def test_no_more_than_200(redis, client, account):
    for number in range(200):
        put_scenario(client, account, URL, id=f"s{number}")
    failed = add(redis, account)
    assert (failed.returncode, failed.stdout) == (1, "") and "200 scenarios already" in failed.stderr
    assert add(redis, account, "--replace").returncode == 1
    assert add(redis, account, "--replace", id="s7").returncode == 0
    run("scenario", "remove", account, "s7", "--yes", redis=redis)
    assert add(redis, account).returncode == 0


# Runs


@pytest.fixture
def lived_in(redis, client, account, action, worker):
    """Runs of two scenarios: one finished, one failed, and one parked."""
    set_plan(redis, account, limit=1)
    server = action(lambda request: 400 if request.contact == "bob" else 200)
    put_scenario(client, account, server.url)
    put_scenario(client, account, server.url, id="other", on="comment")
    say(client, account, "bob", id="m1")
    comes_to(client, account, failed=1)
    say(client, account, "ann")
    comes_to(client, account, finished=1)
    say(client, account, "cleo")
    comes_to(client, account, parked=1)
    say(client, account, "ann", event="comment")
    comes_to(client, account, id="other", finished=1)
    return account


def test_runs(redis, lived_in):
    """Of all states, or of some; of all scenarios, or of one; the newest first."""
    def which(*arguments):
        return [(run["scenario"], run["contact"], run["state"]) for run in runs(redis, lived_in, *arguments)]

    failed, finished = ("welcome", "bob", "failed"), ("welcome", "ann", "finished")
    parked, other = ("welcome", "cleo", "parked"), ("other", "ann", "finished")
    assert sorted(which()) == sorted([failed, finished, parked, other])
    assert sorted(which("welcome")) == sorted([failed, finished, parked])
    assert which("other") == [other]
    assert which("welcome", "--state", "parked") == [parked]
    assert which("--state", "failed") == [failed]
    assert sorted(which("--state", "failed", "parked")) == sorted(which("--state", "failed", "--state", "parked")) == (
        sorted([failed, parked]))
    assert which("--state", "waiting", "sending", "unknown", "expired") == []
    assert which("--newest", 1) == [other]
    assert which("welcome", "--newest", 2) == [parked, finished]


def test_a_runs_line(redis, lived_in):
    [parked] = runs(redis, lived_in, "--state", "parked")
    assert parked | {"at": "", "started": ""} == {
        "scenario": "welcome", "run": 3, "contact": "cleo", "state": "parked", "step": 1, "attempts": 0, "at": "",
        "due": None, "reason": "", "started": ""}
    [failed] = runs(redis, lived_in, "--state", "failed")
    assert (failed["run"], failed["attempts"], failed["reason"]) == (1, 1, "status 400")
    header, *lines = text(redis, "runs", lived_in).splitlines()
    assert header.split() == [
        "SCENARIO", "RUN", "CONTACT", "STATE", "STEP", "ATTEMPTS", "STARTED", "AT", "DUE", "REASON"]
    assert len(lines) == 4 and any(line.endswith("status 400") for line in lines)
    header, *lines = text(redis, "runs", lived_in, "welcome", "--newest", 1).splitlines()
    assert header.split()[0] == "RUN" and lines[0].split()[:3] == ["3", "cleo", "parked"]


@pytest.mark.parametrize("arguments, status, said", [
    (["--state", "asleep"], 64, "asleep"),
    (["--newest", "0"], 64, "--newest 0: give 1 or more"),
    (["--contact", "ann", "--newest", "3"], 64, "leave --state and --newest out"),
    (["--contact", "ann", "--state", "parked"], 64, "leave --state and --newest out"),
    (["a b"], 64, "a scenario's id"),
    (["--contact", "\x01"], 65, "contact"),
    (["nothing", "--contact", "ann"], 1, "no such scenario"),
])
def test_runs_that_can_not_be(redis, account, arguments, status, said):
    failed = run("scenario", "runs", account, *arguments, redis=redis, check=False)
    assert (failed.returncode, failed.stdout) == (status, "") and said in failed.stderr, failed.stderr


# Why did this person (not) get an answer?


def test_a_contacts_history(redis, client, lived_in):
    found = history(redis, lived_in, "bob")
    assert found == {name: value for name, value in told(client, lived_in, "bob").items() if name != "account"}
    assert [{name: value for name, value in record.items() if name != "at"} for record in found["records"]] == [
        {"step": {"scenario": "welcome", "run": 1, "step": 1, "outcome": "failed", "attempts": 1,
                  "reason": "status 400"}},
        {"event": {"kind": "message", "id": "m1",
                   "reactions": [{"scenario": "welcome", "reaction": "started", "run": 1}]}}]
    assert (found["contact"], found["runs"]) == ("bob", []) and found["lastEvent"]


def test_it_says_why(redis, client, lived_in):
    put_scenario(client, lived_in, URL, id="later", enabled=False)
    put_scenario(client, lived_in, URL, id="other", on="comment", coolDown=60)
    for event in ("message", "postback"):
        say(client, lived_in, "cleo", event=event, id="of cleo")
    lines = [line[21:] for line in text(redis, "runs", lived_in, "--contact", "cleo").splitlines()]
    assert lines[1:5] == [
        "message  →  welcome: run 3 started",
        "welcome run 3 step 1: parked, the limit was reached",
        "message of_cleo  →  welcome: busy, its run for this contact was under way; later: disabled",
        "postback of_cleo  →  nothing: no scenario has such a trigger"]
    under_way = text(redis, "runs", lived_in, "--contact", "cleo").splitlines()[5]
    assert re.fullmatch(
        r"under way  welcome run 3 step 1: parked: the limit is reached; it goes on when the limit rises or on .+; "
        r"reply window closes .+, unless the contact does something until then", under_way)

    shown = text(redis, "runs", lived_in, "--contact", "ann")
    assert "welcome run 2 step 1: sent, newly counted (attempt 1)" in shown
    assert "other run 1 step 1: sent, counted before in the month (attempt 1)" in shown
    assert "no run is under way" in shown
    assert "failed, definitely not sent: status 400 (attempt 1)" in text(redis, "runs", lived_in, "--contact", "bob")


def test_it_may_be_of_one_scenario(redis, lived_in):
    shown = text(redis, "runs", lived_in, "other", "--contact", "ann")
    assert "message  →  nothing: other had no such trigger" in shown
    assert "other run 1 step 1: sent" in shown and "welcome" not in shown
    found = json.loads(text(redis, "runs", lived_in, "other", "--contact", "ann", "--json"))
    assert [record["step"]["scenario"] for record in found["records"] if "step" in record] == ["other"]


def test_of_somebody_who_was_never_heard_of(redis, account):
    assert "nothing is known of it" in text(redis, "runs", account, "--contact", "nobody")
    assert history(redis, account, "nobody") == {"contact": "nobody", "lastEvent": None, "runs": [], "records": []}


def test_the_last_100_are_kept_whatever_stands_in_them(redis, client, account):
    """Nothing that a contact writes makes a line of its own."""
    put_scenario(client, account, URL, enabled=False)
    for number in range(102):
        say(client, account, "ann", "welcome=started:7\n", id=f"e{number}\nwelcome=started:7")
    records = told(client, account, "ann")["records"]
    newest = records[0]["event"]["id"]
    assert (len(records), newest[:4], "\n" in newest) == (100, "e101", False)
    assert {each["reaction"] for record in records for each in record["event"]["reactions"]} == {"disabled"}
    assert len(text(redis, "runs", account, "--contact", "ann").splitlines()) == 102
