"""No contact gets a campaign twice, though workers are killed and Redis is restarted in the middle of it."""

import collections
import time

import pytest

from action_server import ActionServer, Answer
from campaigns import Campaign, set_plan, usage
from crew import Crew
from service import Redis

CONTACTS = 20_000
WORKERS = 3
CONCURRENCY = 16
KILLS = 15
"""At most, but for those before Redis is restarted."""
ACCOUNT = "acct_1"


@pytest.fixture(scope="module")
def server():
    server = ActionServer(lambda request: Answer(200, after=0.01))
    yield server
    server.close()


@pytest.fixture(scope="module")
def redis():
    redis = Redis("--appendfsync", "always")
    yield redis
    redis.close()


@pytest.fixture(scope="module")
def crew(redis):
    crew = Crew(redis, CONCURRENCY)
    yield crew
    crew.close()


@pytest.fixture(scope="module")
def campaign(redis, crew, server):
    """One that was sent while all of that happened."""
    set_plan(redis, ACCOUNT, limit=CONTACTS)
    campaign = Campaign(redis, ACCOUNT, (f"contact-{number}" for number in range(CONTACTS)), server.url)
    for _ in range(WORKERS):
        crew.hire()
    is_restarted = False
    beginning = time.monotonic()
    while len(server.requests) < CONTACTS - 500 and not (is_restarted and len(crew.killed) >= KILLS):
        # The kills are to be spread over the campaign, so this is not a wait for anything.
        time.sleep(1)
        assert time.monotonic() - beginning < 120
        if not is_restarted and len(server.requests) > CONTACTS / 3:
            redis.stop()
            # One is killed while there is no Redis, too.
            crew.kill_one()
            redis.start()
            is_restarted = True
        crew.kill_one()
    assert is_restarted and len(crew.killed) >= 5, "the campaign was over before anything had happened"
    campaign.becomes(within=120, state="finished")
    numbers = campaign.status
    print(f"{CONTACTS} contacts, finished after {time.monotonic() - beginning:.1f} s, "
          f"{len(crew.killed)} kills, {numbers['sent']} sent, {numbers['unknown']} unknown, "
          f"{len(server.requests)} requests, {len(server.requests) - len(set(server.contacts))} duplicates")
    return campaign


@pytest.fixture(scope="module")
def report(campaign):
    return campaign.report


@pytest.fixture(scope="module")
def unknown(report):
    return {who for who, line in report.items() if line["outcome"] == "unknown"}


@pytest.fixture(scope="module")
def requests(campaign, server):
    """Those that came for each contact until the campaign was finished."""
    requests = collections.defaultdict(list)
    for request in list(server.requests):
        requests[request.contact].append(request)
    return requests


def test_nobody_was_called_twice(requests):
    assert {who: len(made) for who, made in requests.items() if len(made) > 1} == {}


def test_each_contact_has_an_outcome_that_is_right(campaign, report, requests, unknown):
    status = campaign.status
    assert len(report) == status["total"] == CONTACTS
    sent = {who for who, line in report.items() if line["outcome"] == "sent"}
    assert (len(sent), len(unknown)) == (status["sent"], status["unknown"])
    assert len(sent) + len(unknown) == CONTACTS, "nothing else can have happened to anybody"
    assert sent <= set(requests), "who is said to have been sent it was"
    assert set(requests) - sent <= unknown


def test_unknown_are_only_those_that_a_worker_had_when_it_was_killed(crew, requests, unknown, report):
    assert 0 < len(unknown) <= len(crew.killed) * CONCURRENCY
    had = collections.Counter(crew.killed_signer_of(requests[who][0]) for who in unknown if who in requests)
    assert None not in had, "nor does it happen to one that lives"
    assert all(number <= CONCURRENCY for number in had.values())
    assert {report[who]["reason"] for who in unknown} == {"worker died"}


def test_as_many_were_counted_as_were_sent_it(redis, campaign, report):
    counted = {who for who, line in report.items() if line["reason"] == "newly_counted"}
    found = usage(redis, ACCOUNT)
    assert found["used"] == len(counted) == campaign.status["newlyCounted"]
    assert found["held"] == 0, "the slots of those who died are free again"
    assert set(redis.cli("SMEMBERS", f"hc:{{{ACCOUNT}}}:{found['period']}").splitlines()) == counted


def test_in_the_end_everybody_can_be_sent_it(redis, campaign, crew, server, unknown):
    """On request those of whom nobody knows are called again, and nobody else."""
    server.requests.clear()
    assert campaign.run("retry", "--unknown").stdout == f"spring\tretried\t{len(unknown)}\n"
    campaign.becomes(within=40, state="finished", sent=CONTACTS, unknown=0)
    assert sorted(server.contacts) == sorted(unknown)
    assert {request.json["attempt"] for request in server.requests} == {2}
    assert usage(redis, ACCOUNT)["used"] == CONTACTS
    assert [worker.terminate() for worker in crew.workers] == [0] * WORKERS
