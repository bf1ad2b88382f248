"""Workers: how they end, what bounds them, how they share, and what they survive."""

import datetime
import pathlib
import re
import signal
import subprocess
import time

import pytest

from action_server import DROP, Answer
from campaigns import Campaign, set_plan, usage
from service import HEADCOUNT, Redis, clean_environment, eventually, run

NOBODY = "http://127.0.0.1:1/send"
AT_ONCE = ["--account-concurrency", "10000"]
"""Of a worker: an account may have all of it."""


def numbers(count):
    return [str(number) for number in range(count)]


# How they end


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_what_is_under_way_is_finished_and_recorded(redis, account, action, start_worker, end):
    set_plan(redis, account, limit=1_000)
    server = action()
    server.hold()
    campaign = Campaign(redis, account, numbers(500), server.url)
    worker = start_worker("--log-level", "debug")
    assert eventually(lambda: server.under_way == 64)
    worker.process.send_signal(end)
    assert eventually(lambda: "AutomationWorker [ServiceLifecycle] Triggering graceful shutdown" in worker.log)
    server.release()
    assert worker.process.wait(20) == 0
    status = campaign.status
    assert (status["sending"], status["unknown"], status["failed"]) == (0, 0, 0)
    assert 64 <= status["sent"] == len(server.requests) < 500
    assert status["waiting"] == 500 - status["sent"], "nothing new is begun"
    found = usage(redis, account)
    assert (found["used"], found["held"]) == (status["sent"], 0)
    start_worker()
    campaign.becomes(state="finished", sent=500)
    assert sorted(server.contacts) == sorted(numbers(500))


def test_an_idle_worker_ends_at_once(redis, start_worker):
    worker = start_worker()
    assert eventually(lambda: f"headcount-worker-{worker.process.pid}" in redis.cli("CLIENT", "LIST"))
    assert worker.terminate(within=9) == 0


def test_a_worker_that_was_not_heard_of_for_long(redis, account, action, start_worker):
    """What it had is unknown, in campaigns that have ended meanwhile as well; and coming to itself it does no harm."""
    server = action()
    server.hold()
    expires = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=4)
    campaigns = {
        state: Campaign(redis, account, [f"{state}-{number}" for number in range(40)], server.url, *arguments, id=state)
        for state, arguments in [
            ("finished", []), ("cancelled", []), ("expired", ["--expires", f"{expires:%Y-%m-%dT%H:%M:%SZ}"])]}
    absent = start_worker("--concurrency", 48, "--action-timeout", "0.5", *AT_ONCE)
    assert eventually(lambda: len({contact.split("-")[0] for contact in server.contacts}) == 3)
    absent.process.send_signal(signal.SIGSTOP)
    begun = {state: campaign.status["sending"] for state, campaign in campaigns.items()}
    assert all(0 < number < 40 for number in begun.values())
    campaigns["cancelled"].run("cancel")
    assert eventually(lambda: datetime.datetime.now(datetime.UTC) > expires)
    server.release()
    start_worker("--action-timeout", "0.5", *AT_ONCE)
    ends = {"finished": {"sent": 40 - begun["finished"]}, "cancelled": {"skipped": 40 - begun["cancelled"]},
            "expired": {"skipped": 40 - begun["expired"]}}
    for state, campaign in campaigns.items():
        campaign.becomes(within=30, state=state, sending=0, unknown=begun[state], **ends[state])

    absent.process.send_signal(signal.SIGCONT)
    assert absent.terminate() == 0
    for campaign in campaigns.values():
        status = campaign.status
        assert status["sending"] == 0 and status["unknown"] + status["sent"] + status["skipped"] == 40
    assert len(server.contacts) == len(set(server.contacts)), "nobody was called twice"
    assert usage(redis, account)["used"] == sum(campaign.status["newlyCounted"] for campaign in campaigns.values())


def test_no_log_has_a_contact_or_the_secret(redis, account, action, start_worker):
    answers = {"contact-4711": 200, "contact-4712": 400, "contact-4713": DROP, "contact-4714": 503}
    campaign = Campaign(redis, account, answers, action(lambda request: answers[request.contact]).url)
    secret = "sesame-open-yourself"
    worker = start_worker(
        "--log-level", "trace", "--max-attempts", "1", environment={"HEADCOUNT_SIGNING_SECRET": secret})
    campaign.becomes(state="finished", sent=1, failed=2, unknown=1)
    assert worker.terminate() == 0
    assert "AutomationWorker" in worker.log
    assert "contact-47" not in worker.log
    assert secret not in worker.log


# What bounds them


def test_an_accounts_rate_is_that_of_all_workers_together(redis, account, action, start_worker):
    rate, people = 50, 150
    set_plan(redis, account, limit=1_000)
    server = action()
    for _ in range(2):
        start_worker("--account-rate", rate)
    campaign = Campaign(redis, account, numbers(people), server.url)
    # Three times as long as it takes.
    campaign.becomes(within=9, state="finished", sent=people)
    times = [request.at for request in server.requests]
    most = max(sum(begin <= time < begin + 1 for time in times) for begin in times)
    # A quarter of a second's worth may go at once, and a busy machine makes some of them late.
    assert most <= rate * 1.6
    assert times[-1] - times[0] > people / rate * 0.8


def test_an_accounts_concurrency_is_that_of_all_workers_together(redis, account, action, start_worker):
    set_plan(redis, account, limit=1_000)
    server, other = action(lambda request: Answer(200, after=0.02)), action()
    for _ in range(2):
        start_worker("--account-concurrency", 6)
    campaigns = [
        Campaign(redis, account, numbers(80), server.url, id="spring"),
        Campaign(redis, account, numbers(80), server.url, id="summer"),
    ]
    for campaign in campaigns:
        campaign.becomes(within=40, state="finished", sent=80)
    assert 3 <= server.most_under_way <= 6
    Campaign(redis, account + "-2", numbers(20), other.url).becomes(state="finished", sent=20)


def test_a_workers_concurrency(redis, account, action, start_worker):
    set_plan(redis, account, limit=1_000)
    server = action()
    server.hold()
    campaign = Campaign(redis, account, numbers(200), server.url)
    start_worker("--concurrency", 10, *AT_ONCE)
    assert eventually(lambda: server.under_way >= 8)
    server.release()
    campaign.becomes(within=40, state="finished", sent=200)
    assert server.most_under_way <= 10


# How they share


def test_a_large_campaign_makes_no_small_one_wait(redis, account, action, start_worker):
    """By progress, since time depends on the machine."""
    large, small = f"{account}-large", f"{account}-small"
    set_plan(redis, large, limit=100_000)
    slow, server = action(lambda request: Answer(200, after=0.1)), action()
    crowd = Campaign(redis, large, numbers(100_000), slow.url)
    start_worker("--concurrency", 32, *AT_ONCE)
    assert eventually(lambda: len(slow.requests) > 100)
    before = len(slow.requests)
    Campaign(redis, small, numbers(10), server.url).becomes(state="finished", sent=10)
    assert len(slow.requests) - before < 5_000
    assert (crowd.status["state"], crowd.status["unknown"]) == ("running", 0)
    crowd.run("cancel")
    crowd.becomes(sending=0)


# What they survive


def test_an_audience_by_pipe_is_not_kept_in_memory(redis, account):
    """200,000 ids of 200 bytes: 40 MB of them, and more as strings."""
    command = [
        HEADCOUNT, "campaign", "start", account, "--id", "spring", "--audience", "-", "--pause", "--action", NOBODY,
        "--redis", redis.url]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=clean_environment(command=command))

    def most_memory():
        """So far, in KiB."""
        return int(re.search(r"^VmHWM:\s+(\d+) kB", pathlib.Path(f"/proc/{process.pid}/status").read_text(), re.M)[1])

    def write(thousands):
        for thousand in thousands:
            process.stdin.write("".join(f"{thousand * 1000 + number:0200}\n" for number in range(1000)).encode())
        process.stdin.flush()

    try:
        write(range(30))
        early = most_memory()
        write(range(30, 200))
        # All but what a pipe holds was read.
        grown = most_memory() - early
        printed, _ = process.communicate(timeout=60)
    finally:
        process.kill()
        process.wait()
    assert (process.returncode, printed) == (0, b"spring\tpaused\t200000\n")
    assert early < 150 * 1024 and grown < 20 * 1024, "in KiB"
    redis.cli("FLUSHALL")


def test_without_redis_nothing_is_started_and_it_is_said(tmp_path):
    redis = Redis()
    redis.stop()
    (tmp_path / "audience.txt").write_text("ann\nbob\n")
    arguments = ["campaign", "start", "acct_1", "--id", "spring", "--audience", tmp_path / "audience.txt",
                 "--action", NOBODY, "--timeout", "0.5"]
    try:
        for more in ([], ["--dry-run"]):
            failed = run(*arguments, *more, redis=redis, check=False)
            assert (failed.returncode, failed.stdout) == (69, "") and "unavailable" in failed.stderr
        for command in ("status", "pause", "report"):
            failed = run("campaign", command, "acct_1", "spring", "--timeout", "0.5", redis=redis, check=False)
            assert (failed.returncode, failed.stdout) == (69, ""), failed.stderr
    finally:
        redis.close()


def test_workers_wait_for_redis(account, action, start_worker):
    """They are started before it, and survive that it is away for some seconds, in which nobody gets lost."""
    redis = Redis()
    try:
        set_plan(redis, account, limit=10_000)
        server = action(lambda request: Answer(200, after=0.01))
        campaign = Campaign(redis, account, numbers(3_000), server.url)
        redis.stop()
        workers = [start_worker("--action-timeout", "1", *AT_ONCE, at=redis) for _ in range(2)]
        assert eventually(lambda: all("working as" in worker.log for worker in workers))
        redis.start()
        assert eventually(lambda: len(server.requests) > 500)
        redis.stop()
        # For how long it is away.
        time.sleep(2)
        assert server.under_way == 0 and all(worker.is_running for worker in workers)
        redis.start()
        campaign.becomes(within=60, state="finished", sent=3_000, unknown=0)
        assert len(server.contacts) == len(set(server.contacts)) == 3_000
        assert [worker.terminate() for worker in workers] == [0, 0]
        found = usage(redis, account)
        assert (found["used"], found["held"]) == (3_000, 0)
    finally:
        redis.close()
