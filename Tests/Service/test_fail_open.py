"""R14 where the policy is to fail open: contacts are admitted while Redis is away, within bounds, and counted later from the
journal; what that may cost is as docs/failure-policy.md says."""

import json
import random
import time

import pytest

from metrics import scrape
from service import Client, Process, Redis, Service, eventually, make_key, run

ACCOUNT = "acct_1"


def open_to(journal, contacts=100, seconds=300):
    return ["--failure-policy", "open", "--failure-journal", journal, "--failure-max-contacts", contacts,
            "--failure-max-seconds", seconds, "--timeout", "0.6"]


def limit(redis, number, account=ACCOUNT):
    run("plan", "set", account, "--limit", number, redis=redis)


def usage(redis, account=ACCOUNT):
    return json.loads(run("usage", account, "--json", redis=redis).stdout)


def replay(redis, path, *arguments, status=0):
    """The objects of a replay: problems, accounts and, last, the sums."""
    done = run("journal", "replay", path, "--json", *arguments, redis=redis, check=False)
    assert done.returncode == status, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def activate(redis, journal, *contacts, bounds=(), status=0):
    done = run("activate", ACCOUNT, "--by", "campaign:x", "--json", *open_to(journal, *bounds), *contacts, redis=redis,
               check=False)
    assert done.returncode == status, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.fixture
def outage():
    """A Redis that can be taken away and given back, with an account that has a limit of 3."""
    redis = Redis("--appendfsync", "always")
    limit(redis, 3)
    yield redis
    redis.close()


def test_the_command_admits_journals_and_says_so(outage, tmp_path):
    lines, errors = activate(outage, tmp_path, "ann")
    assert [set(line) for line in lines][0] == {"contact", "verdict"} and errors == ""
    assert "failedOpen" not in lines[-1] and lines[-1]["used"] == 1
    assert not list(tmp_path.iterdir()), "no journal unless somebody is admitted without Redis"
    outage.kill()
    lines, errors = activate(outage, tmp_path, "bob", "cleo", "dora", "bob")
    assert lines[0] == {"contact": "bob", "failedOpen": True, "verdict": "activated"}
    assert [line["verdict"] for line in lines[:-1]] == ["activated"] * 3 + ["already_activated"]
    assert lines[-1]["failedOpen"] == 4
    assert lines[-1]["used"] is None and lines[-1]["limit"] is None and lines[-1]["remaining"] is None
    assert len(errors.splitlines()) == 1 and "4 contacts were admitted without Redis" in errors
    assert f"headcount journal replay {tmp_path}" in errors

    shown = run("journal", "show", tmp_path).stdout.splitlines()
    assert [line.split("\t")[1:4] for line in shown] == [
        [ACCOUNT, contact, "campaign:x"] for contact in ("bob", "cleo", "dora")]
    assert replay_is_unavailable(outage, tmp_path)

    outage.start()
    *accounts, sums = replay(outage, tmp_path, "--dry-run")
    assert sums["dryRun"] and usage(outage)["used"] == 1
    done = run("journal", "replay", tmp_path, redis=outage)
    assert done.stdout.splitlines()[1].split() == [ACCOUNT, usage(outage)["period"], "3", "3", "0", "1", "4", "of", "3"]
    assert ".journal.replayed" in done.stderr
    assert accounts == [{
        "account": ACCOUNT, "period": usage(outage)["period"], "replayed": 3, "newlyCounted": 3, "alreadyCounted": 0,
        "overLimit": 1, "used": 4, "limit": 3}]
    assert usage(outage)["used"] == 4 and usage(outage)["overLimit"] is True
    assert "there is no journal" in run("journal", "replay", tmp_path, redis=outage).stderr


def replay_is_unavailable(redis, path):
    done = run("journal", "replay", path, "--timeout", "0.5", redis=redis, check=False)
    return done.returncode == 69 and list(path.glob("*.journal"))


def test_the_command_stops_at_the_bound(outage, tmp_path):
    outage.kill()
    lines, errors = activate(outage, tmp_path, *(f"c{n}" for n in range(5)), bounds=(2,), status=69)
    assert [line["contact"] for line in lines] == ["c0", "c1"]
    assert "2 contacts of the account were admitted without it, which is the most" in errors
    assert len(run("journal", "show", tmp_path).stdout.splitlines()) == 2


@pytest.mark.parametrize("settings, says", [
    (["--failure-policy", "ajar"], "give closed or open"),
    (["--failure-policy", "open"], "failure.journal (HEADCOUNT_FAILURE_JOURNAL) is missing"),
    (["--failure-policy", "open", "--failure-journal", "/no/such/place"], "no such directory"),
    (["--failure-policy", "open", "--failure-journal", "/tmp", "--failure-max-contacts", "0"], "1 to 1000000"),
    (["--failure-policy", "open", "--failure-journal", "/tmp", "--failure-max-seconds", "100000"], "at most 86400"),
])
def test_settings_that_cannot_work_are_refused_at_the_start(settings, says):
    done = run("serve", "--check-config", *settings, check=False)
    assert done.returncode != 0 and says in done.stderr and len(done.stderr.splitlines()) == 1


def test_settings_come_from_the_environment_and_the_file_too(outage, tmp_path):
    journal = tmp_path / "journal"
    journal.mkdir()
    file = tmp_path / "headcount.yaml"
    file.write_text(f"timeout: 0.5\nfailure:\n  policy: open\n  journal: {journal}\n  maximumContacts: 1\n")
    outage.kill()
    done = run("activate", ACCOUNT, "--by", "campaign:x", "ann", "--config", file, redis=outage)
    assert done.stdout == "ann\tactivated\n"
    done = run(
        "activate", ACCOUNT, "--by", "campaign:x", "bob", "cleo", "--config", file, redis=outage, check=False,
        environment={"HEADCOUNT_FAILURE_MAXIMUM_CONTACTS": "2", "HEADCOUNT_FAILURE_MAXIMUM_SECONDS": "60"})
    assert done.stdout == "bob\tactivated\ncleo\tactivated\n"
    outage.start()
    done = run("journal", "replay", redis=outage, environment={"HEADCOUNT_FAILURE_JOURNAL": str(journal)})
    assert "3" in done.stdout.split() and not list(journal.glob("*.journal"))


@pytest.mark.parametrize("take_away", ["kill", "freeze"])
def test_the_service_goes_on_without_redis(outage, tmp_path, take_away):
    key = make_key(outage)
    service = Service(outage.url, "--metrics", *open_to(tmp_path, contacts=10))
    try:
        with Client(service, key) as client:
            def ask(*contacts):
                body = {"contacts": contacts, "by": "scenario:s"}
                return client.post(f"/v1/accounts/{ACCOUNT}/activations", json=body)

            before = client.activate(ACCOUNT, "ann")
            assert before.status_code == 200 and "failedOpen" not in before.json()
            getattr(outage, take_away)()
            answer = client.activate(ACCOUNT, "bob")
            assert answer.status_code == 200, answer.text
            assert "RateLimit" not in answer.headers
            body = answer.json()
            assert body["failedOpen"] is True and body["verdict"] == "activated"
            assert body["used"] is None and body["limit"] is None and body["remaining"] is None
            batch = ask("cleo", "bob", "dora").json()
            assert batch["failedOpen"] is True and batch["used"] is None and batch["activated"] == 2
            assert [result.get("failedOpen") for result in batch["results"]] == [True, True, True]
            assert ask(*(f"c{n}" for n in range(8))).status_code == 503, "that would be eleven"
            # Everything else stays closed, and the balancer goes on sending requests.
            assert client.get("/readyz").status_code == 200
            for method, path in [("GET", "usage"), ("PUT", "plan"), ("POST", "reservations")]:
                answer = client.request(method, f"/v1/accounts/{ACCOUNT}/{path}", json={})
                assert answer.status_code == 503, path
            stranger = Client(service, make_unknown(key))
            assert stranger.activate(ACCOUNT, "eve").status_code in (401, 503), "a key that nobody has vouched for"
            metrics = scrape(client)
            # Of the batch that was too large, seven were admitted before it was refused.
            assert metrics("headcount_failed_open_total", result="admitted") >= 4
            assert metrics("headcount_failed_open_total", result="bound_reached") >= 1
            # One for each server.
            assert metrics("headcount_redis_circuits_open") >= 1
            # Once for the outage, not once a contact.
            assert service.log.count("contacts are admitted without it, within bounds") == 1

            outage.start() if take_away == "kill" else outage.thaw()
            assert eventually(lambda: client.activate(ACCOUNT, "ann").status_code == 200, within=5)
            # One that is thawed does what it was sent before, though nobody waits for it any more.
            assert client.activate(ACCOUNT, "ann").json()["used"] in ([1] if take_away == "kill" else range(1, 12))
            assert eventually(lambda: scrape(client)("headcount_redis_circuits_open") == 0)
            *_, sums = replay(outage, tmp_path)
            assert sums["replayed"] == 10 and sums["renamed"] == sums["files"], "its file is free although it runs on"
            assert usage(outage)["used"] == 11
            assert client.get("/readyz").status_code == 200
    finally:
        service.close()


def make_unknown(key):
    return key[:-1] + ("x" if key[-1] != "x" else "y")


def test_readiness_is_over_with_the_bound_in_time(outage, tmp_path):
    service = Service(outage.url, *open_to(tmp_path, seconds=1))
    key = make_key(outage)
    try:
        with Client(service, key) as client:
            client.activate(ACCOUNT, "ann")
            outage.kill()
            assert client.activate(ACCOUNT, "bob").status_code == 200
            assert eventually(lambda: client.get("/readyz").status_code == 503, within=5)
            assert client.activate(ACCOUNT, "cleo").status_code == 503
    finally:
        service.close()


def test_a_service_says_at_its_start_what_waits_to_be_replayed(outage, tmp_path):
    outage.kill()
    activate(outage, tmp_path, "ann")
    outage.start()
    service = Service(outage.url, *open_to(tmp_path))
    try:
        assert "journals wait to be replayed" in service.log
    finally:
        service.close()


def journal_of(path, number, accounts=20, torn=False):
    lines = "".join(
        json.dumps({
            "v": 1, "time": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()), "account": f"many{n % accounts}",
            "contact": f"c{n}", "action": "campaign:x", "period": time.strftime("%Y-%m", time.gmtime())}) + "\n"
        for n in range(number))
    path.write_text(lines + ('{"v":1,"time":"20' if torn else ""))


def test_a_replay_that_is_killed_and_repeated_counts_once(redis, tmp_path):
    """SIGKILL at random moments, until one replay has come to its end."""
    journal_of(tmp_path / "a.journal", 60_000, torn=True)
    for _ in range(8):
        process = Process("journal", "replay", tmp_path, "--redis", redis.url)
        try:
            time.sleep(random.uniform(0.05, 0.9))
            process.kill()
        finally:
            process.close()
    path = tmp_path / "a.journal"
    path = path if path.exists() else tmp_path / "a.journal.replayed"
    *accounts, sums = replay(redis, path)
    assert sums["replayed"] == 60_000 and sums["torn"] == 1
    for account in range(20):
        assert usage(redis, f"many{account}")["used"] == 3_000
    daily = json.loads(run("history", "many7", "--json", redis=redis).stdout.splitlines()[0])
    assert daily["activatedByKind"] == {"campaign": 3_000}, "statistics count once, too"


def test_two_replays_at_once_count_once(redis, tmp_path):
    redis.cli("FLUSHALL")
    journal_of(tmp_path / "a.journal", 5_000, accounts=3)
    both = [Process("journal", "replay", tmp_path / "a.journal", "--json", "--redis", redis.url) for _ in range(2)]
    try:
        assert all(process.process.wait(120) in (0, 65) for process in both), [process.log for process in both]
        done = [json.loads(process.printed.splitlines()[-1]) for process in both if process.printed]
        assert sum(sums["newlyCounted"] for sums in done) == 5_000
        assert not (tmp_path / "a.journal").exists()
    finally:
        for process in both:
            process.close()


def test_a_bad_line_is_named_and_leaves_the_journal(redis, tmp_path):
    path = tmp_path / "a.journal"
    journal_of(path, 2, accounts=1)
    path.write_text(path.read_text() + "rubbish\n")
    done = run("journal", "replay", tmp_path, redis=redis, check=False)
    assert done.returncode == 65 and f"{path}, line 3: no line of a journal" in done.stderr
    assert path.exists()
    assert run("journal", "show", path, check=False).returncode == 65
    assert run("journal", "replay", tmp_path / "none", redis=redis, check=False).returncode == 65
    assert run("journal", "replay", redis=redis, check=False).returncode == 64


def test_processes_that_are_killed_lose_nobody_they_admitted(outage, tmp_path):
    """Whoever was told to go on is in a journal: the process is killed in the middle of it."""
    outage.kill()
    told = set()
    for round in range(3):
        audience = tmp_path / "audience"
        audience.write_text("".join(f"k{round}-{n}\n" for n in range(100_000)))
        process = Process(
            "activate", ACCOUNT, "--by", "campaign:x", "--from", audience, "--batch", "7", "--redis", outage.url,
            *open_to(tmp_path, contacts=1_000_000))
        try:
            assert eventually(lambda: process.printed, within=20)
            time.sleep(random.random())
            process.kill()
            told |= {line.split("\t")[0] for line in process.printed.splitlines() if line.endswith("\tactivated")}
        finally:
            process.close()
    assert len(told) > 100
    outage.start()
    replay(outage, tmp_path)
    limit(outage, 1_000_000)
    lines = run("contacts", "list", ACCOUNT, redis=outage).stdout.split()
    assert told <= set(lines)
