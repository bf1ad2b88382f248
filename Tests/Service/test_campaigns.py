"""A campaign from the audience to the report, on the command line, and what its action is sent."""

import csv
import hashlib
import hmac
import io
import json
import re

import pytest

from action_server import DROP, Answer
from campaigns import Campaign, usage
from service import eventually, run

SECRET = "0123456789abcdef"
PEOPLE = ["ann", "bob", "cleo", "dora"]
NOBODY = "http://127.0.0.1:1/send"


def start(redis, account, audience, url=NOBODY, *arguments, id="spring"):
    return run("campaign", "start", account, "--id", id, "--audience", audience, "--action", url, *arguments,
               redis=redis, check=False)


def written(directory, text, name="audience.txt"):
    path = directory / name
    path.write_text(text)
    return path


def keys_of(redis, account):
    return [key for key in redis.cli("KEYS", "*").splitlines() if account in key]


# Starting one


@pytest.mark.parametrize("name, text, arguments", [
    ("audience.txt", "ann\nbob\n\nann\ncleo\nbob\ndora", []),
    ("audience.csv", "name,contact\nA,ann\nB,bob\nA,ann\nC,cleo\nB,bob\nD,dora\n", []),
    ("audience", 'id;x,who\n1,ann\n2,"bob"\n3,ann\n4,cleo\n5,bob\n6,dora\n', ["--format", "csv", "--column", "who"]),
    ("audience.jsonl", "".join(f'{{"contact": "{who}"}}\n' for who in "ann bob ann cleo bob dora".split()), []),
    ("audience", '"ann"\n"bob"\n"ann"\n"cleo"\n"bob"\n"dora"\n', ["--format", "jsonl"]),
])
def test_an_audience_is_sent_each_of_its_contacts_once(
        redis, account, tmp_path, action, start_worker, name, text, arguments):
    server = action()
    started = start(redis, account, written(tmp_path, text, name), server.url, *arguments)
    assert (started.returncode, started.stdout) == (0, "spring\trunning\t4\n"), started.stderr
    start_worker()
    campaign = Campaign.known(redis, account)
    campaign.becomes(state="finished", total=4, sent=4, newlyCounted=4, duplicates=2)
    assert sorted(server.contacts) == PEOPLE
    assert usage(redis, account)["used"] == 4


def test_an_audience_may_come_through_a_pipe(redis, account, tmp_path):
    started = run("campaign", "start", account, "--id", "spring", "--audience", "-", "--action", NOBODY, redis=redis,
                  input="ann\nbob\nann\n")
    assert started.stdout == "spring\trunning\t2\n"
    assert sorted(Campaign.known(redis, account).report) == ["ann", "bob"]


def test_a_bad_line_starts_nothing(redis, account, tmp_path, action, start_worker):
    server = action()
    audience = written(tmp_path, "\n".join(PEOPLE) + "\nda\x01ve\neve\n")
    failed = start(redis, account, audience, server.url)
    assert failed.returncode == 65 and failed.stdout == ""
    assert "line 5" in failed.stderr and "1 bad line: nothing was started" in failed.stderr
    assert keys_of(redis, account) == [], "nothing of it is left"
    assert Campaign.known(redis, account).run("status", check=False).returncode == 1

    # The same id is free, and sending it shows that nothing went out before.
    started = start(redis, account, audience, server.url, "--skip-bad")
    assert (started.returncode, started.stdout) == (0, "spring\trunning\t5\n")
    assert "line 5" in started.stderr and "1 bad line was left out" in started.stderr
    start_worker()
    Campaign.known(redis, account).becomes(state="finished", sent=5)
    assert sorted(server.contacts) == PEOPLE + ["eve"]


@pytest.mark.parametrize("text, arguments, said", [
    ("", [], "no contacts"),
    ("\n\n", [], "no contacts"),
    ("\x01\n", ["--skip-bad"], "no contacts"),
    ("name,who\nA,ann\n", ["--format", "csv"], "contact"),
    ('["ann"]\n', [], "JSON array"),
    ("x" * 257 + "\n", [], "line 1"),
])
def test_audiences_that_start_nothing(redis, account, tmp_path, text, arguments, said):
    failed = start(redis, account, written(tmp_path, text), NOBODY, *arguments)
    assert failed.returncode == 65 and said in failed.stderr
    assert keys_of(redis, account) == []


def test_a_dry_run_starts_nothing_and_says_what_it_would_come_to(redis, account, tmp_path):
    run("plan", "set", account, "--limit", 5, redis=redis)
    run("activate", account, "--by", "scenario:welcome", "ann", "bob", "zoe", redis=redis)
    before = keys_of(redis, account)
    fits = start(redis, account, written(tmp_path, "ann\nbob\ncleo\ndora\ncleo\n"), NOBODY, "--dry-run")
    assert (fits.returncode, fits.stdout) == (0, "4 contacts: needs 2 new activations, 2 are left: it fits\n")
    audience = written(tmp_path, "ann\nbob\ncleo\ndora\neve\nfay\ncleo\n")
    parks = start(redis, account, audience, NOBODY, "--dry-run")
    assert (parks.returncode, parks.stderr) == (3, "")
    assert parks.stdout == "6 contacts: needs 4 new activations, 2 are left: 2 would be parked\n"
    parks = start(redis, account, audience, NOBODY, "--dry-run", "--json")
    assert parks.returncode == 3
    assert json.loads(parks.stdout) == {"account": account, "total": 6, "newActivations": 4, "remaining": 2}
    assert start(redis, account, written(tmp_path, "ann\n\x01\n"), NOBODY, "--dry-run").returncode == 65
    assert sorted(keys_of(redis, account)) == sorted(before)


def test_an_id_names_one_campaign(redis, account, tmp_path):
    ann, bob = written(tmp_path, "ann\n", "ann.txt"), written(tmp_path, "bob\n", "bob.txt")
    assert start(redis, account, ann).returncode == 0
    again = start(redis, account, bob)
    assert again.returncode == 1 and again.stdout == ""
    assert "'spring': the account has a campaign of that id, which is running; choose another id" in again.stderr
    assert list(Campaign.known(redis, account).report) == ["ann"], "the first is as it was"
    assert start(redis, account, bob, id="summer").returncode == 0
    assert start(redis, account + "-2", bob).returncode == 0, "another account's ids are its own"


@pytest.mark.parametrize("status, said, values", [
    (64, "campaign's id", {"id": "sp ring"}),
    (64, "campaign's id", {"id": ""}),
    (64, "campaign's id", {"id": "x" * 65}),
    (64, "campaign's id", {"id": "{spring}"}),
    (65, "account id", {"account": "acct 42"}),
    (64, "no URL", {"url": "ftp://example.com/send"}),
    (64, "no URL", {"url": "example.com/send"}),
    (64, "no URL", {"url": "https://"}),
    (64, "no URL", {"url": "https://example.com/a b"}),
    (64, "--expires", {"expires": "yesterday"}),
    (64, "--expires", {"expires": "2027-02-30"}),
    (64, "in the future", {"expires": "2020-01-01"}),
    (64, "within a year", {"expires": "2999-01-01"}),
    (65, "can't read", {"audience": "/nowhere/audience.csv"}),
])
def test_values_that_start_nothing(redis, account, tmp_path, status, said, values):
    given = {"account": account, "id": "spring", "url": NOBODY, "audience": written(tmp_path, "ann\n")} | values
    expires = ["--expires", given["expires"]] if "expires" in given else []
    failed = start(redis, given["account"], given["audience"], given["url"], *expires, id=given["id"])
    assert failed.returncode == status and failed.stdout == ""
    assert said in failed.stderr and failed.stderr.count("\n") == 1, failed.stderr
    assert keys_of(redis, account) == []


@pytest.mark.parametrize("command", [
    ["status"], ["status", "--watch"], ["report"], ["report", "--csv"], ["pause"], ["resume"], ["cancel"],
    ["retry", "--failed"],
])
def test_a_campaign_that_there_is_not(redis, account, command):
    failed = Campaign.known(redis, account).run(*command, check=False)
    assert failed.returncode == 1 and failed.stdout == ""
    assert "'spring': the account has no such campaign" in failed.stderr


# Watching it


def test_status_list_and_report(redis, account, action, start_worker):
    server = action(lambda request: 400 if request.contact == "bo\"b, jr" else 200)
    campaign = Campaign(redis, account, ["ann", "bo\"b, jr", "ann"], server.url, "--who", "nora")
    start_worker()
    campaign.becomes(state="finished")

    status = campaign.status
    numbers = {name: value for name, value in status.items() if isinstance(value, int)}
    assert numbers == {
        "total": 2, "duplicates": 1, "sent": 1, "newlyCounted": 1, "alreadyCounted": 0, "failed": 1, "waiting": 0,
        "sending": 0, "parked": 0, "skipped": 0, "unknown": 0}
    assert (status["account"], status["id"], status["action"], status["who"]) == (account, "spring", server.url, "nora")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", status["created"]) and status["created"] < status["expires"]
    text = dict(re.split(r" {2,}", line, maxsplit=1) for line in campaign.run("status").stdout.splitlines())
    assert (text["state"], text["contacts"], text["failed"]) == ("finished", "2", "1")
    assert text["sent"] == "1: 1 newly counted, 0 counted before"

    Campaign(redis, account, ["cleo"], server.url, id="summer").becomes(state="finished")
    listed = run("campaign", "list", account, "--json", redis=redis).stdout.splitlines()
    assert [json.loads(line)["id"] for line in listed] == ["summer", "spring"], "newest first"
    assert json.loads(listed[1]) == status
    rows = run("campaign", "list", account, redis=redis).stdout.splitlines()
    assert rows[0].split()[:4] == ["ID", "STATE", "CONTACTS", "SENT"]
    assert rows[2].split()[:4] == ["spring", "finished", "2", "1"]

    report = campaign.report
    assert {contact: (line["outcome"], line["reason"], line["attempts"]) for contact, line in report.items()} == {
        "ann": ("sent", "newly_counted", 1), "bo\"b, jr": ("failed", "status 400", 1)}
    fields = ["contact", "outcome", "reason", "attempts", "at"]
    tabbed = [line.split("\t") for line in campaign.run("report").stdout.splitlines()]
    expected = sorted([str(line[field]) for field in fields] for line in report.values())
    assert sorted(tabbed) == expected
    table = list(csv.reader(io.StringIO(campaign.run("report", "--csv").stdout)))
    assert table[0] == fields and sorted(table[1:]) == expected
    only = campaign.run("report", "--outcome", "failed", "--outcome", "parked", "--json").stdout.splitlines()
    assert [json.loads(line)["contact"] for line in only] == ["bo\"b, jr"]


def test_watching_ends_with_the_campaign(redis, account, action, start_worker):
    campaign = Campaign(redis, account, PEOPLE, action().url)
    start_worker()
    last = json.loads(campaign.run("status", "--watch", "--json").stdout.splitlines()[-1])
    assert (last["state"], last["sent"]) == ("finished", 4)


# Changing it


def half_way(redis, account, server, start_worker):
    """A campaign of 60 of which eight are under way, and whose action says nothing yet."""
    server.hold()
    campaign = Campaign(redis, account, range(60), server.url)
    start_worker("--account-concurrency", 8)
    assert eventually(lambda: server.under_way == 8)
    return campaign


def another_is_sent(redis, account, server):
    """Shows that the workers are at it."""
    Campaign(redis, account, PEOPLE, server.url, id="other").becomes(state="finished", sent=4)


def test_a_paused_campaign_sends_nothing_until_it_is_resumed(redis, account, action, start_worker):
    server, other = action(), action()
    campaign = half_way(redis, account, server, start_worker)
    assert campaign.run("pause").stdout == "spring\tpaused\t60\n"
    assert campaign.run("pause").stdout == "spring\tpaused\t60\n", "twice is once"
    server.release()
    campaign.becomes(sent=8, sending=0, waiting=52, state="paused")
    another_is_sent(redis, account, other)
    assert len(server.requests) == 8, "what was under way was finished, and nothing begun"
    assert campaign.run("resume").stdout == "spring\trunning\t60\n"
    campaign.becomes(state="finished", sent=60)
    assert sorted(server.contacts, key=int) == [str(number) for number in range(60)]


def test_a_campaign_that_is_started_paused(redis, account, action, start_worker):
    server, other = action(), action()
    campaign = Campaign(redis, account, PEOPLE, server.url, "--pause")
    start_worker()
    another_is_sent(redis, account, other)
    assert (campaign.status["state"], campaign.status["waiting"], server.requests) == ("paused", 4, [])
    campaign.run("resume")
    campaign.becomes(state="finished", sent=4)


def test_who_is_left_of_a_cancelled_campaign_is_skipped(redis, account, action, start_worker):
    server, other = action(), action()
    campaign = half_way(redis, account, server, start_worker)
    assert campaign.run("cancel").stdout == "spring\tcancelled\t60\n"
    server.release()
    campaign.becomes(state="cancelled", sent=8, sending=0, skipped=52)
    another_is_sent(redis, account, other)
    assert len(server.requests) == 8
    report = campaign.report
    assert {line["reason"] for line in report.values() if line["outcome"] == "skipped"} == {"cancelled"}
    assert {contact for contact, line in report.items() if line["outcome"] == "sent"} == set(server.contacts)
    assert len(report) == 60
    assert usage(redis, account)["used"] == 8 + 4
    for command in (["resume"], ["pause"], ["retry", "--failed"]):
        failed = campaign.run(*command, check=False)
        assert failed.returncode == 1 and "the campaign is cancelled and can't be" in failed.stderr
    assert campaign.run("cancel").returncode == 0, "twice is once"


@pytest.mark.parametrize("option, first, outcome", [
    ("--failed", 400, "failed"),
    ("--unknown", DROP, "unknown"),
])
def test_trying_again_on_request_has_the_same_key(redis, account, action, start_worker, option, first, outcome):
    server = action(lambda request: first if request.contact in ("ann", "bob") else 200)
    campaign = Campaign(redis, account, PEOPLE, server.url)
    start_worker()
    campaign.becomes(state="finished", sent=2, **{outcome: 2})
    other = {"--failed": "--unknown", "--unknown": "--failed"}[option]
    assert campaign.run("retry", other).stdout == "spring\tretried\t0\n"
    server.answer = lambda request: 200
    assert campaign.run("retry", option).stdout == "spring\tretried\t2\n"
    campaign.becomes(state="finished", sent=4, newlyCounted=4, **{outcome: 0})
    attempts = {who: [request for request in server.requests if request.contact == who] for who in PEOPLE}
    assert {who: [request.json["attempt"] for request in made] for who, made in attempts.items()} == {
        "ann": [1, 2], "bob": [1, 2], "cleo": [1], "dora": [1]}
    for made in attempts.values():
        assert len({request.key for request in made}) == 1
    assert {line["attempts"] for who, line in campaign.report.items() if who in ("ann", "bob")} == {2}


def test_trying_again_wants_to_know_whom(redis, account):
    campaign = Campaign(redis, account, PEOPLE, NOBODY)
    failed = campaign.run("retry", check=False)
    assert failed.returncode == 64 and "--failed or --unknown" in failed.stderr


# What the action is sent


def test_the_request(redis, account, action, start_worker):
    people = ["ann", "Zoë \"Z\" / 💌", "17841400008460056"]
    server = action()
    campaign = Campaign(redis, account, people, server.url)
    start_worker(environment={"HEADCOUNT_SIGNING_SECRET": SECRET})
    campaign.becomes(state="finished", sent=3)
    Campaign(redis, account, people, server.url, id="summer").becomes(state="finished", sent=3)
    assert len(server.requests) == 6
    for request in server.requests:
        assert (request.method, request.path) == ("POST", "/send")
        assert request.headers["content-type"] == "application/json"
        signature = hmac.new(SECRET.encode(), request.body, hashlib.sha256).hexdigest()
        assert request.headers["x-headcount-signature-256"] == f"sha256={signature}"
    sent = sorted((json.dumps(request.json, sort_keys=True) for request in server.requests))
    assert sent == sorted(
        json.dumps({"account": account, "contact": who, "automation": f"campaign:{id}", "step": 1, "attempt": 1},
                   sort_keys=True)
        for who in people for id in ("spring", "summer"))
    assert len({request.key for request in server.requests}) == 6, "a key for each contact of each campaign"


def test_without_a_secret_nothing_is_signed_and_a_short_one_is_refused(redis, account, action, start_worker):
    server = action()
    worker = start_worker()
    Campaign(redis, account, ["ann"], server.url).becomes(state="finished", sent=1)
    assert "x-headcount-signature-256" not in server.requests[0].headers
    assert "not signed" in worker.log
    short = start_worker(environment={"HEADCOUNT_SIGNING_SECRET": SECRET[:-1]})
    assert short.process.wait(10) == 64
    assert "too short" in short.log and SECRET[:-1] not in short.log


def test_a_redirect_is_not_followed(redis, account, action, start_worker):
    other = action()
    statuses = {"ann": 301, "bob": 302, "cleo": 307, "dora": 308}
    server = action(lambda request: Answer(statuses[request.contact], {"Location": other.url}))
    campaign = Campaign(redis, account, PEOPLE, server.url)
    start_worker()
    campaign.becomes(state="finished", failed=4)
    assert other.requests == [] and len(server.requests) == 4
    assert "redirect" in campaign.report["ann"]["reason"]
    assert usage(redis, account)["used"] == 0
