"""How notices are delivered: tried again until the URL accepts them, sent again on request, tried out; by many at once.

No other service may run on this file's Redis: it would deliver as well.
"""

import datetime
import json
import threading

import pytest

from action_server import DROP, HANG, Answer
from notices import (
    KINDS, activate, all_told, courier, deliveries, environment, is_signed, limit, listed, only, told)
from service import Client, Redis, eventually, free_port, make_key, run
from shifted_clock import ShiftedClock

# An account's first answers, and what is shown after the first.
ANSWERS = {
    "500": ([500, 500], "status 500"), "404": ([404], "status 404"), "503": ([503], "status 503"),
    "302": ([Answer(302, {"Location": "/"})], "status 302: a redirect, which is not followed"),
    "429": ([Answer(429, {"Retry-After": "4"})], "status 429"), "drop": ([DROP], "connection closed"),
}


def test_what_is_not_accepted_is_tried_again_with_back_off(redis, account, action):
    accounts = {name: f"{account}-{name}" for name in ANSWERS}
    answers = {accounts[name]: list(first) for name, (first, _) in ANSWERS.items()}
    for each in answers:
        limit(redis, each, 10)
    hook = action(lambda request: (answers[request.json["account"]] or [200]).pop(0))
    with courier("worker", redis, hook.url):
        assert eventually(lambda: all(map(lambda each: deliveries(hook, each), accounts.values())))
        # What waits says how often it was tried, what came of it, and when it is tried again.
        assert eventually(lambda: only(listed(redis, accounts["429"], "--pending"))["attempts"] == 1)
        shown = only(listed(redis, accounts["429"]))
        assert (shown["status"], shown["detail"]) == ("pending", "status 429")
        assert shown["at"] <= shown["due"]
        all_told(redis, *accounts.values(), within=30)
    for name, (first, _) in ANSWERS.items():
        requests = deliveries(hook, accounts[name])
        assert [request.json["attempt"] for request in requests] == list(range(1, len(first) + 2))
        assert len({request.headers["idempotency-key"] for request in requests}) == 1
        assert all(request.path == "/send" and is_signed(request) for request in requests)
        notice = only(listed(redis, accounts[name]))
        assert (notice["status"], notice["attempts"], notice["detail"]) == ("delivered", len(requests), "status 200")
    first, second, third = (request.at for request in deliveries(hook, accounts["500"]))
    # 1 s and 2 s, give or take a fifth; never sooner.
    assert second - first > 0.75 and third - second > 1.5
    first, second = (request.at for request in deliveries(hook, accounts["429"]))
    assert second - first > 3.9, "Retry-After is honoured"


@pytest.mark.parametrize("name", ANSWERS)
def test_what_an_url_answered_is_said(redis, account, action, name):
    (answer, *_), words = ANSWERS[name]
    hook = action(lambda request: answer)
    done = run("notices", "test", account, "--url", hook.url, redis=redis, check=False)
    assert (done.returncode, done.stdout) == (1, f"{hook.url}\tnot delivered\t{words}\n")
    assert len(hook.requests) == 1, "it is tried once"


def test_a_url_that_refuses_connections_is_said_to_do_so(redis, account):
    done = run("notices", "test", account, "--url", f"http://127.0.0.1:{free_port()}/", redis=redis, check=False)
    assert done.returncode == 1
    assert done.stdout.split("\t")[1:] == ["not delivered", "can't connect\n"]


def test_a_url_that_refuses_connections_gets_the_notice_once_it_listens(redis, account, action):
    port = free_port()
    limit(redis, account, 10)
    with courier("serve", redis, f"http://127.0.0.1:{port}/send"):
        assert eventually(lambda: only(listed(redis, account))["attempts"] >= 1)
        notice = only(listed(redis, account, "--pending"))
        assert notice["status"] == "pending" and "onnect" in notice["detail"]
        hook = action(port=port)
        all_told(redis, account)
    request = only(deliveries(hook, account))
    assert request.json["attempt"] >= 2
    assert request.json["id"] == notice["id"]
    notice = only(listed(redis, account))
    assert (notice["status"], notice["attempts"]) == ("delivered", request.json["attempt"])
    assert listed(redis, account, "--pending") == []


def test_an_answer_that_asks_to_be_tried_again_at_once_does_not_use_up_the_attempts(redis, account, action):
    limit(redis, account, 10)
    hook = action(lambda request: Answer(503, {"Retry-After": "0"}))
    with courier("worker", redis, hook.url):
        assert eventually(lambda: len(deliveries(hook, account)) >= 3)
        first, second, third = (request.at for request in deliveries(hook, account)[:3])
        assert second - first > 0.75 and third - second > 1.5, "30 attempts are for a day, not for 15 seconds"


def test_over_http_what_waits_looks_as_it_does_by_command(redis, account):
    key = make_key(redis, "read")
    with courier("serve", redis, f"http://127.0.0.1:{free_port()}/send") as service, Client(service, key) as client:
        limit(redis, account, 10)
        path = f"/v1/accounts/{account}/notices"
        assert eventually(lambda: only(client.get(path).json()["notices"])["attempts"] >= 1)
        # It may be tried again between the two.
        assert eventually(lambda: client.get(path).json()["notices"] == listed(redis, account))
        notice = only(listed(redis, account))
        assert notice | {"id": 0, "at": 0, "due": 0, "attempts": 0, "detail": "", "period": 0} == {
            "id": 0, "event": "limit.changed", "at": 0, "status": "pending", "attempts": 0, "detail": "", "due": 0,
            "period": 0, "from": "100", "fromMode": "hard", "limit": 10, "mode": "hard", "plan": "free",
            "who": "ops@example.com", "effective": "now", "used": 0}


def test_without_a_url_a_notice_is_kept_and_can_be_sent_later(redis, account, action):
    with courier("worker", redis):
        limit(redis, account, 10)
        all_told(redis, account)
    notice = only(listed(redis, account))
    assert (notice["status"], notice["attempts"], notice["due"]) == ("no_url", 0, None)
    hook = action()
    with courier("worker", redis, hook.url):
        done = run("notices", "resend", account, notice["id"], redis=redis)
        assert done.stdout == f"{notice['id']}\tpending\n"
        all_told(redis, account)
    assert only(deliveries(hook, account)).json["id"] == notice["id"]
    assert listed(redis, account)[0]["status"] == "delivered"


def test_resend(redis, account, action):
    hook = action()
    path = f"/v1/accounts/{account}/notices"
    with courier("serve", redis, hook.url) as service, Client(service, make_key(redis)) as client:
        limit(redis, account, 10)
        all_told(redis, account)
        id = only(listed(redis, account))["id"]
        answer = client.post(f"{path}/{id}/resend")
        assert (answer.status_code, answer.json()) == (202, {"account": account, "id": id})
        assert eventually(lambda: len(deliveries(hook, account)) == 2)
        all_told(redis, account)
        done = run("notices", "resend", account, id, "--json", redis=redis)
        assert json.loads(done.stdout) == {"account": account, "id": id, "status": "pending"}
        assert eventually(lambda: len(deliveries(hook, account)) == 3)
        all_told(redis, account)
        first, *others = deliveries(hook, account)
        for other in others:
            assert other.json == first.json, "it keeps its id, its time and what it says"
            assert other.headers["idempotency-key"] == first.headers["idempotency-key"]
        assert {notice["id"] for notice in listed(redis, account)} == {id}

        assert client.post(f"{path}/1-0/resend").status_code == 404
        assert client.post(f"/v1/accounts/{account}-other/notices/{id}/resend").status_code == 404
        done = run("notices", "resend", account, "1-0", redis=redis, check=False)
        assert (done.returncode, done.stdout) == (1, "") and "1-0" in done.stderr

        hook.answer = lambda request: 500
        assert client.post(f"{path}/{id}/resend").status_code == 202
        assert eventually(lambda: len(deliveries(hook, account)) == 4)
        answer = client.post(f"{path}/{id}/resend")
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")
        done = run("notices", "resend", account, id, redis=redis, check=False)
        assert (done.returncode, done.stdout) == (1, "") and id in done.stderr


def test_trying_out_the_url(redis, account, action):
    hook, broken = action(), action(lambda request: 503)
    configured = environment(hook.url)
    done = run("notices", "test", account, redis=redis, environment=configured)
    assert (done.stdout, done.stderr) == (f"{hook.url}\tdelivered\tstatus 200\n", "")
    request = only(hook.requests)
    assert is_signed(request)
    assert request.json | {"id": 0, "at": 0, "period": 0} == {
        "account": account, "at": 0, "attempt": 1, "event": "test", "id": 0, "limit": 100, "period": 0, "used": 0}
    run("notices", "set", account, "--url", broken.url, redis=redis)
    done = run("notices", "test", account, "--json", redis=redis, environment=configured, check=False)
    assert done.returncode == 1
    assert json.loads(done.stdout) == {
        "account": account, "url": broken.url, "delivered": False, "detail": "status 503"}
    done = run("notices", "test", account, "--url", hook.url, redis=redis)
    assert done.stdout.endswith("\tdelivered\tstatus 200\n")
    assert (len(hook.requests), len(broken.requests)) == (2, 1)
    done = run("notices", "test", account + "-other", redis=redis, check=False)
    assert done.returncode == 1 and "no URL" in done.stdout
    assert listed(redis, account) == [], "it is in no list"


def cross(redis, account):
    limit(redis, account, 5)
    activate(redis, account, 1, 2, 3, 4)
    activate(redis, account, 5)


def test_several_couriers_share_the_work(redis, account, action):
    accounts = [f"{account}-{number}" for number in range(6)]
    hook = action()
    with courier("worker", redis, hook.url), courier("serve", redis, hook.url), courier("worker", redis, hook.url):
        threads = [threading.Thread(target=cross, args=(redis, each)) for each in accounts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        all_told(redis, *accounts)
    for each in accounts:
        assert set(told(hook, each)) == {
            ("limit.changed", 0, 5, 0), ("threshold.reached", 80, 5, 4), ("limit.reached", 100, 5, 5)}
    # At least once, and mostly once: two may look after an account whose notices come while others are on their way.
    assert len(hook.requests) <= 3 * len(accounts) + 4


def test_a_slow_url_is_told_each_notice_once_for_the_most_part(redis, account, action):
    """One after the other comes while those before are on their way."""
    hook = action(lambda request: Answer(after=0.5))
    with courier("worker", redis, hook.url), courier("serve", redis, hook.url):
        run("notices", "set", account, "--thresholds", "10,20,30,40,50,60,70,80,90,100", redis=redis)
        limit(redis, account, 10)
        for number in range(10):
            activate(redis, account, number)
        all_told(redis, account)
    assert len(set(told(hook, account))) == 11
    assert len(deliveries(hook, account)) <= 11 + 4


def test_a_url_that_does_not_answer_holds_up_nobody_else_for_long(redis, account, action):
    stuck, other = account + "-stuck", account + "-other"
    silent, hook = action(lambda request: HANG), action()
    run("notices", "set", stuck, "--url", silent.url, redis=redis)
    with courier("worker", redis, hook.url):
        limit(redis, stuck, 10)
        assert eventually(lambda: deliveries(silent, stuck))
        limit(redis, other, 10)
        # A delivery is given up after ten seconds.
        assert eventually(lambda: deliveries(hook, other), within=8)


def test_what_a_courier_had_under_way_when_it_was_killed_is_delivered_by_another(action):
    clock, hook = ShiftedClock(), action()
    redis = Redis(environment=clock.environment)
    try:
        limit(redis, "acct_1", 10)
        hook.hold()
        with courier("worker", redis, hook.url, **clock.environment) as first:
            assert eventually(lambda: deliveries(hook, "acct_1"))
            first.kill()
        hook.release()
        # The account is the first one's for a minute.
        clock.set(datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=61))
        with courier("worker", redis, hook.url, **clock.environment):
            all_told(redis, "acct_1")
        before, after = deliveries(hook, "acct_1")
        assert before.headers["idempotency-key"] == after.headers["idempotency-key"]
    finally:
        redis.close()
        clock.close()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_under_way_at_the_end_is_finished_and_recorded(redis, account, action, kind):
    hook = action()
    hook.hold()
    with courier(kind, redis, hook.url) as process:
        limit(redis, account, 10)
        assert eventually(lambda: deliveries(hook, account))
        process.process.terminate()
        assert not eventually(lambda: process.process.poll() is not None, within=0.5)
        hook.release()
        assert process.process.wait(20) == 0
    assert only(listed(redis, account))["status"] == "delivered"
    assert len(deliveries(hook, account)) == 1


def test_redis_goes_away_and_comes_back(action):
    redis, hook = Redis(), action()
    try:
        with courier("worker", redis, hook.url):
            limit(redis, "acct_1", 5)
            all_told(redis, "acct_1")
            redis.stop()
            redis.start()
            activate(redis, "acct_1", 1, 2, 3, 4)
            all_told(redis, "acct_1")
        assert told(hook, "acct_1") == [("limit.changed", 0, 5, 0), ("threshold.reached", 80, 5, 4)]
    finally:
        redis.close()
