"""Campaigns, scenarios and notices go on after a restore, in a Redis of their own."""

import pytest

from action_server import HANG
from backups import Wire, back_up, is_sound, restore
from campaigns import Campaign, set_plan, usage
from notices import activate as activate_and_tell, courier, deliveries
from service import Client, Redis, Service, eventually, make_key
from webhooks import GENERIC_SECRET, comes_to, progress, put_scenario, say, set_secrets
from worker import Worker


@pytest.fixture
def other():
    redis = Redis()
    yield redis
    redis.close()


@pytest.fixture
def lone():
    """A Redis whose notices nobody delivers."""
    redis = Redis()
    yield redis
    redis.close()


@pytest.fixture
def elsewhere(other):
    """Makes workers, and a client of a service, for the other Redis."""
    made = []

    class Elsewhere:
        def worker(self, *arguments):
            made.append(Worker(other, *arguments))
            return made[-1]

        def client(self):
            made.append(Service(other.url))
            return Client(made[-1], make_key(other))

    yield Elsewhere()
    for each in made:
        each.close()


def test_a_campaign_goes_on_where_it_was(redis, other, account, action, start_worker, elsewhere, tmp_path):
    set_plan(redis, account, limit=1000)
    contacts = [f"contact-{number}" for number in range(300)]
    server = action(lambda request: HANG if len(server.requests) > 100 else 200)
    campaign = Campaign(redis, account, contacts, server.url)
    worker = start_worker("--concurrency", 8, "--action-timeout", 120)
    campaign.becomes(sent=100, within=60)
    assert eventually(lambda: server.under_way == campaign.status["sending"] > 1)
    back_up(redis, tmp_path / "c.jsonl", account)
    worker.kill()
    sent = {contact for contact, outcome in campaign.outcomes.items() if outcome == "sent"}
    under_way = {contact for contact, outcome in campaign.outcomes.items() if outcome == "sending"}
    unknown = len(under_way)
    assert len(sent) + unknown == len(set(server.contacts))

    restore(other, tmp_path / "c.jsonl")
    there = Campaign.known(other, account)
    status = there.status
    assert (status["sent"], status["unknown"], status["sending"], status["waiting"]) == (100, unknown, 0, 200 - unknown)
    assert is_sound(other)
    before = len(server.requests)
    server.answer = lambda request: 200
    elsewhere.worker()
    there.becomes(state="finished", sent=300 - unknown, unknown=unknown, waiting=0)
    again = {request.contact for request in server.requests[before:]}
    assert again == set(contacts) - sent - under_way, "nobody gets it twice, and nobody is left out"
    assert set(contact for contact, outcome in there.outcomes.items() if outcome == "unknown") == under_way
    # Who waits in the audience comes in its order.
    order = [request.contact for request in server.requests[before:]]
    ranks = {contact: rank for rank, contact in enumerate(sorted(order, key=contacts.index))}
    assert all(abs(ranks[contact] - place) < 100 for place, contact in enumerate(order)), "but for those under way at once"
    there.run("retry", "--unknown")
    there.becomes(state="finished", sent=300, unknown=0)


def test_parked_and_put_off_contacts_go_on(redis, other, account, action, start_worker, elsewhere, tmp_path):
    set_plan(redis, account, limit=5)
    server = action(lambda request: 503 if request.contact == "contact-1" else 200)
    campaign = Campaign(redis, account, [f"contact-{number}" for number in range(12)], server.url)
    worker = start_worker()
    campaign.becomes(sent=5, parked=6, waiting=1)
    worker.terminate()
    back_up(redis, tmp_path / "p.jsonl", account)
    restore(other, tmp_path / "p.jsonl")
    there = Campaign.known(other, account)
    assert {key: there.status[key] for key in ("state", "sent", "parked", "waiting")} == {
        "state": "running", "sent": 5, "parked": 6, "waiting": 1}
    assert is_sound(other)
    server.answer = lambda request: 200
    set_plan(other, account, limit=50)
    elsewhere.worker()
    there.becomes(state="finished", sent=12, within=40)
    assert usage(other, account)["used"] == 12


def test_paused_means_that_nothing_is_sent(redis, other, account, action, elsewhere, tmp_path):
    server = action()
    Campaign(redis, account, ["ann", "bob"], server.url)
    back_up(redis, tmp_path / "p.jsonl", account)
    restore(other, tmp_path / "p.jsonl", "--paused")
    there = Campaign.known(other, account)
    assert there.status["state"] == "paused"
    elsewhere.worker()
    there.run("resume")
    there.becomes(state="finished", sent=2)
    assert sorted(server.contacts) == ["ann", "bob"]


@pytest.mark.parametrize("moment", range(4))
def test_a_campaign_that_is_sent_meanwhile_is_whole(
        redis, other, account, action, start_worker, elsewhere, tmp_path, moment):
    set_plan(redis, account, limit=5000)
    contacts = [f"contact-{number}" for number in range(3000)]
    server = action(lambda request: 503 if hash(request.key) % 11 == 0 else 404 if hash(request.key) % 13 == 0 else 200)
    campaign = Campaign(redis, account, contacts, server.url)
    for _ in range(2):
        start_worker()
    assert eventually(lambda: len(server.requests) > 200 * (moment + 1))
    back_up(redis, tmp_path / "c.jsonl", account)
    known = set(server.contacts)
    restore(other, tmp_path / "c.jsonl")
    there = Campaign.known(other, account)
    status = there.status
    assert status["total"] == 3000 and status["sending"] == 0
    # What the status counts is what the report lists.
    found = list(there.outcomes.values())
    assert {outcome: found.count(outcome) for outcome in ("sent", "failed", "unknown", "waiting")} == {
        outcome: status[outcome] for outcome in ("sent", "failed", "unknown", "waiting")}
    assert is_sound(other)
    there_sent = {contact for contact, outcome in there.outcomes.items() if outcome in ("sent", "failed", "unknown")}
    campaign.run("cancel")
    server.answer = lambda request: 200
    before = len(server.requests)
    elsewhere.worker()
    there.becomes(state="finished", waiting=0, within=60)
    asked = [request.contact for request in server.requests[before:]]
    assert not there_sent & set(asked[500:]), "whose outcome was in the backup is not sent it again"
    assert known <= set(contacts)


def test_scenarios_go_on(redis, service, client, other, account, action, elsewhere, tmp_path):
    server = action()
    set_secrets(client, account, GENERIC_SECRET)
    put_scenario(client, account, server.url, 3)
    say(client, account, "ann", id="m1")
    say(client, account, "bob", id="m2")
    back_up(redis, tmp_path / "s.jsonl", account)
    restore(other, tmp_path / "s.jsonl")
    assert is_sound(other)
    there = elsewhere.client()
    assert say(there, account, "ann", id="m1") == say(client, account, "ann", id="m1"), "known events are known"
    assert progress(there, account)["active"] == 2
    elsewhere.worker()
    comes_to(there, account, finished=2, active=0)
    assert sorted(request.contact for request in server.requests) == ["ann", "ann", "bob", "bob"]
    assert sorted(request.json["step"] for request in server.requests) == [1, 1, 2, 2]
    # New events start it, with numbers that go on.
    say(there, account, "cleo", id="m3")
    comes_to(there, account, finished=3, active=0)


def test_notices_go_on(lone, other, account, action, tmp_path):
    redis = lone
    hook = action()
    set_plan(redis, account, limit=4)
    activate_and_tell(redis, account, *range(4))
    back_up(redis, tmp_path / "n.jsonl", account)
    restore(other, tmp_path / "n.jsonl")
    assert is_sound(other)
    with courier("worker", other, hook.url):
        assert eventually(lambda: len(deliveries(hook, account)) >= 3)
    events = {request.json["event"] for request in hook.requests}
    assert {"threshold.reached", "limit.reached"} <= events
