"""What each answer of an action means for the contact, for its slot, and for those who wait for one."""

import email.utils
import time

import pytest

from action_server import DROP, HANG, UNREAD, Answer
from campaigns import Campaign, set_plan, usage
from service import eventually, free_port

ONE_SECOND = ["--action-timeout", "1"]
"""Of a worker: slots of contacts of which nobody knows are held for sixteen seconds then."""


def times(server, contact):
    return [request.at for request in server.requests if request.contact == contact]


def told(answers):
    """Answers each contact by what stands before the dash in its id: each of its attempts by the next of a list, and
    whatever comes after those as the last one."""
    made = {}

    def answer(request):
        kind = request.contact.partition("-")[0]
        made[request.contact] = made.get(request.contact, 0) + 1
        return answers[kind][min(made[request.contact], len(answers[kind])) - 1]

    return answer


def test_a_mix_of_answers(redis, account, action, start_worker):
    each = 12
    answers = {
        "ok": [200], "created": [201], "empty": [204],
        "bad": [400], "gone": [410], "moved": [302],
        "busy": [Answer(429, {"Retry-After": "2"}), 200], "soon": [503, 200], "early": [425, 408, 200],
        "error": [500], "gateway": [502], "hang": [HANG], "drop": [DROP], "slow": [Answer(200, after=30)],
    }
    outcomes = {
        "ok": "sent", "created": "sent", "empty": "sent", "busy": "sent", "soon": "sent", "early": "sent",
        "bad": "failed", "gone": "failed", "moved": "failed",
        "error": "unknown", "gateway": "unknown", "hang": "unknown", "drop": "unknown", "slow": "unknown",
    }
    server = action(told(answers))
    people = [f"{kind}-{number}" for number in range(each) for kind in answers]
    set_plan(redis, account, limit=1_000)
    campaign = Campaign(redis, account, people, server.url)
    start_worker(*ONE_SECOND)
    sent, failed, unknown = (
        each * sum(outcome == name for outcome in outcomes.values()) for name in ("sent", "failed", "unknown"))
    campaign.becomes(within=40, state="finished", sent=sent, failed=failed, unknown=unknown)

    report = campaign.report
    assert {who: line["outcome"] for who, line in report.items()} == {
        who: outcomes[who.partition("-")[0]] for who in people}
    reasons = {who.partition("-")[0]: line["reason"] for who, line in report.items()}
    assert {reasons[kind] for kind in ("ok", "busy", "early")} == {"newly_counted"}
    assert (reasons["bad"], reasons["error"], reasons["hang"]) == ("status 400", "status 500", "timeout")

    # Only who was asked to be tried later was tried again.
    attempts = {kind: len(told_so) if outcomes[kind] == "sent" else 1 for kind, told_so in answers.items()}
    assert {who: len(times(server, who)) for who in people} == {who: attempts[who.partition("-")[0]] for who in people}
    assert {who: line["attempts"] for who, line in report.items()} == {
        who: attempts[who.partition("-")[0]] for who in people}
    for who in people:
        keys = {request.key for request in server.requests if request.contact == who}
        assert len(keys) == 1, "each attempt has the same key"
    for first, second in (times(server, f"busy-{number}") for number in range(each)):
        assert second - first > 1.9, "Retry-After is honoured"

    found = usage(redis, account)
    assert found["used"] == campaign.status["newlyCounted"] == sent
    assert found["held"] == unknown, "slots of those who may have been reached are held, those of others are not"


def test_retry_after_may_be_a_date(redis, account, action, start_worker):
    until = []

    def answer(request):
        if until:
            return 200
        until.append(int(time.time()) + 3)
        return Answer(503, {"Retry-After": email.utils.formatdate(until[0], usegmt=True)})

    server = action(answer)
    campaign = Campaign(redis, account, ["ann"], server.url)
    start_worker()
    campaign.becomes(state="finished", sent=1)
    first, second = times(server, "ann")
    assert time.time() - (time.monotonic() - second) > until[0] - 0.1


def test_connections_that_break_before_anybody_read_the_request(redis, account, action, start_worker):
    server = action()
    people = [f"contact-{number}" for number in range(50)]
    campaign = Campaign(redis, account, people, server.url.replace("/send", UNREAD))
    start_worker(*ONE_SECOND)
    campaign.becomes(state="finished", unknown=50)
    # Who is in the body that nobody began to send, no server can know: such a request may be made again. No other is.
    assert len({request.key for request in server.requests}) == 50
    assert sum(line["attempts"] for line in campaign.report.values()) == len(server.requests)


def test_a_server_that_closes_connections_without_saying_so(redis, account, action, start_worker):
    """A request may go out on a connection that is just being closed. Nobody is called twice for that."""
    server = action(lambda request: Answer(200, closes=True))
    people = [str(number) for number in range(500)]
    set_plan(redis, account, limit=1_000)
    campaign = Campaign(redis, account, people, server.url)
    start_worker(*ONE_SECOND)
    campaign.becomes(within=40, state="finished", failed=0)
    assert len(set(server.contacts)) == len(server.contacts)
    report = campaign.outcomes
    reached = {who for who, outcome in report.items() if outcome == "sent"}
    assert len(report) == 500 and set(report.values()) <= {"sent", "unknown"}
    assert reached and reached <= set(server.contacts)
    assert usage(redis, account)["used"] == len(reached)


def test_an_action_that_is_not_there_yet(redis, account, action, start_worker):
    port = free_port()
    campaign = Campaign(redis, account, ["ann", "bob", "cleo"], f"http://127.0.0.1:{port}/send")
    start_worker()
    assert eventually(lambda: all(line["attempts"] > 0 for line in campaign.report.values()))
    assert (campaign.status["waiting"] + campaign.status["sending"], usage(redis, account)["used"]) == (3, 0)
    server = action(port=port)
    campaign.becomes(within=30, state="finished", sent=3, newlyCounted=3)
    assert sorted(server.contacts) == ["ann", "bob", "cleo"]
    assert all(line["attempts"] > 1 for line in campaign.report.values())


def test_attempts_are_used_up(redis, account, action, start_worker):
    server = action(lambda request: Answer(503, {"Retry-After": "0"}))
    campaign = Campaign(redis, account, ["ann", "bob"], server.url)
    nowhere = Campaign(redis, account, ["cleo"], f"http://127.0.0.1:{free_port()}/send", id="nowhere")
    start_worker("--max-attempts", 3)
    campaign.becomes(state="finished", failed=2)
    nowhere.becomes(state="finished", failed=1)
    assert sorted(server.contacts) == ["ann"] * 3 + ["bob"] * 3
    assert [request.json["attempt"] for request in server.requests if request.contact == "ann"] == [1, 2, 3]
    for line in campaign.report.values():
        assert (line["attempts"], line["reason"]) == (3, "given up after 3 attempts: status 503")
    assert nowhere.report["cleo"]["reason"].startswith("given up after 3 attempts: ")
    found = usage(redis, account)
    assert (found["used"], found["held"]) == (0, 0), "their slots are free"

    # On request there are as many attempts once more.
    server.answer = lambda request: 200 if request.json["attempt"] == 5 else Answer(503, {"Retry-After": "0"})
    campaign.run("retry", "--failed")
    campaign.becomes(state="finished", sent=2, failed=0)


@pytest.mark.parametrize("first, outcome, reached", [
    (400, "failed", ["ann", "bob", "cleo"]),
    (500, "unknown", ["ann", "bob"]),
])
def test_who_comes_next_gets_a_slot_that_was_released_and_none_that_is_held(
        redis, account, action, start_worker, first, outcome, reached):
    server = action(lambda request: first if request.contact == "ann" else 200)
    set_plan(redis, account, limit=2)
    campaign = Campaign(redis, account, ["ann", "bob", "cleo", "dora"], server.url)
    start_worker("--concurrency", 1)
    campaign.becomes(waiting=0, sending=0, sent=len(reached) - 1, parked=4 - len(reached), **{outcome: 1})
    assert server.contacts == reached
    assert campaign.outcomes["ann"] == outcome
    found = usage(redis, account)
    assert (found["used"], found["held"], found["remaining"]) == (len(reached) - 1, 3 - len(reached), 0)
