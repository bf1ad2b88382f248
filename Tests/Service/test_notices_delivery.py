"""How notices are delivered: tried again until the URL accepts them, sent again on request, tried out; by many at once.

No other service may run on this file's Redis: it would deliver as well.
"""

import json
import threading
import time

import pytest

from clock import Clock
from notices import KINDS, SECRET, activate, all_told, courier, environment, limit, listed, told, waits
from service import Client, Redis, Worker, eventually, free_port, make_key, run
from webhook import Webhook


class Script:
    """Answers each account's requests one after the other as it is told, then 200."""

    def __init__(self):
        self.answers = {}

    def __call__(self, delivery):
        answers = self.answers.get(delivery.json["account"])
        return answers.pop(0) if answers else 200


def only(notices):
    (notice,) = notices
    return notice


def test_what_is_not_accepted_is_tried_again_with_back_off(redis, account):
    script = Script()
    answers = {
        "500": ([500, 500], "status 500"), "404": ([404], "status 404"), "302": ([(302, {"Location": "/"})], "status 302"),
        "429": ([(429, {"Retry-After": "3"})], "status 429"), "503": ([503], "status 503"),
    }
    accounts = {name: f"{account}-{name}" for name in answers}
    for name, each in accounts.items():
        limit(redis, each, 10)
        script.answers[each] = list(answers[name][0])
    with Webhook(script) as webhook:
        with courier("worker", redis, webhook.url):
            # What waits says how often it was tried, what came of it, and when it is tried again.
            assert eventually(lambda: all(webhook.of(each) for each in accounts.values()))
            shown = None
            while shown is None or shown["status"] != "pending" or not shown["attempts"]:
                shown = only(listed(redis, accounts["429"]))
            assert (shown["status"], shown["attempts"], shown["detail"]) == ("pending", 1, "status 429")
            assert shown["at"] <= shown["due"]
            all_told(redis, *accounts.values(), within=30)
        for name, each in accounts.items():
            tries, deliveries = len(answers[name][0]) + 1, webhook.of(each)
            assert [delivery.json["attempt"] for delivery in deliveries] == list(range(1, tries + 1))
            assert len({delivery.headers["Idempotency-Key"] for delivery in deliveries}) == 1
            assert all(delivery.path == "/hook" and delivery.is_signed_with(SECRET) for delivery in deliveries)
            notice = only(listed(redis, each))
            assert (notice["status"], notice["attempts"], notice["detail"]) == ("delivered", tries, "status 200")
        first, second, third = (delivery.at for delivery in webhook.of(accounts["500"]))
        # 1 s and 2 s, give or take a fifth; never sooner.
        assert second - first > 0.75 and third - second > 1.5
        first, second = (delivery.at for delivery in webhook.of(accounts["429"]))
        assert second - first > 2.9, "Retry-After is honoured"


def test_a_url_that_refuses_connections_gets_the_notice_once_it_listens(redis, account):
    port = free_port()
    limit(redis, account, 10)
    with courier("serve", redis, f"http://127.0.0.1:{port}/hook"):
        assert eventually(lambda: only(listed(redis, account))["attempts"] >= 1)
        notice = only(listed(redis, account, "--pending"))
        assert notice["status"] == "pending" and "onnect" in notice["detail"]
        with Webhook(port=port) as webhook:
            all_told(redis, account)
            delivery = only(webhook.of(account))
            assert delivery.json["attempt"] >= 2
            assert delivery.json["id"] == notice["id"]
    notice = only(listed(redis, account))
    assert (notice["status"], notice["attempts"]) == ("delivered", delivery.json["attempt"])
    assert listed(redis, account, "--pending") == []


def test_an_answer_that_asks_to_be_tried_again_at_once_does_not_use_up_the_attempts(redis, account):
    limit(redis, account, 10)
    with Webhook(lambda delivery: (503, {"Retry-After": "0"})) as webhook, courier("worker", redis, webhook.url):
        assert eventually(lambda: len(webhook.of(account)) >= 3)
        first, second, third = (delivery.at for delivery in webhook.of(account)[:3])
        assert second - first > 0.75 and third - second > 1.5, "30 attempts are for a day, not for a quarter of a minute"


def test_a_url_that_refuses_connections_is_said_to_do_so(redis, account):
    done = run("notices", "test", account, "--url", f"http://127.0.0.1:{free_port()}/", redis=redis, check=False)
    assert done.returncode == 1
    assert done.stdout.split("\t")[1:] == ["not delivered", "can't connect\n"]


def test_over_http_what_waits_looks_as_it_does_by_command(redis, account):
    key = make_key(redis, "read")
    with courier("serve", redis, f"http://127.0.0.1:{free_port()}/hook") as service, Client(service, key) as client:
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


def test_without_a_url_a_notice_is_kept_and_can_be_sent_later(redis, account):
    with courier("worker", redis):
        limit(redis, account, 10)
        all_told(redis, account)
    notice = only(listed(redis, account))
    assert (notice["status"], notice["attempts"], notice["due"]) == ("no_url", 0, None)
    with Webhook() as webhook, courier("worker", redis, webhook.url):
        done = run("notices", "resend", account, notice["id"], redis=redis)
        assert done.stdout == f"{notice['id']}\tpending\n"
        all_told(redis, account)
        assert only(webhook.of(account)).json["id"] == notice["id"]
    assert listed(redis, account)[0]["status"] == "delivered"


def test_resend(redis, account):
    with Webhook() as webhook, courier("serve", redis, webhook.url) as service:
        with Client(service, make_key(redis)) as client:
            limit(redis, account, 10)
            all_told(redis, account)
            id = only(listed(redis, account))["id"]
            path = f"/v1/accounts/{account}/notices"
            answer = client.post(f"{path}/{id}/resend")
            assert (answer.status_code, answer.json()) == (202, {"account": account, "id": id})
            assert eventually(lambda: len(webhook.of(account)) == 2)
            all_told(redis, account)
            done = run("notices", "resend", account, id, "--json", redis=redis)
            assert json.loads(done.stdout) == {"account": account, "id": id, "status": "pending"}
            assert eventually(lambda: len(webhook.of(account)) == 3)
            all_told(redis, account)
            first, *others = webhook.of(account)
            for other in others:
                assert other.json == first.json, "it keeps its id, its time and what it says"
                assert other.headers["Idempotency-Key"] == first.headers["Idempotency-Key"]
            assert {notice["id"] for notice in listed(redis, account)} == {id}

            assert client.post(f"{path}/1-0/resend").status_code == 404
            assert client.post(f"/v1/accounts/{account}-other/notices/{id}/resend").status_code == 404
            done = run("notices", "resend", account, "1-0", redis=redis, check=False)
            assert (done.returncode, done.stdout) == (1, "") and "1-0" in done.stderr

            webhook.answer = lambda delivery: 500
            assert client.post(f"{path}/{id}/resend").status_code == 202
            assert eventually(lambda: len(webhook.of(account)) == 4)
            answer = client.post(f"{path}/{id}/resend")
            assert (answer.status_code, answer.json()["type"]) == (409, "/problems/conflict")
            done = run("notices", "resend", account, id, redis=redis, check=False)
            assert (done.returncode, done.stdout) == (1, "") and id in done.stderr


def test_trying_out_the_url(redis, account):
    with Webhook() as webhook, Webhook(lambda delivery: 503) as broken:
        done = run("notices", "test", account, redis=redis, environment=environment(webhook.url))
        assert (done.stdout, done.stderr) == (f"{webhook.url}\tdelivered\tstatus 200\n", "")
        delivery = only(webhook.received)
        assert delivery.is_signed_with(SECRET)
        assert delivery.json | {"id": 0, "at": 0, "period": 0} == {
            "account": account, "at": 0, "attempt": 1, "event": "test", "id": 0, "limit": 100, "period": 0, "used": 0}
        run("notices", "set", account, "--url", broken.url, redis=redis)
        done = run(
            "notices", "test", account, "--json", redis=redis, environment=environment(webhook.url), check=False)
        assert done.returncode == 1
        assert json.loads(done.stdout) == {
            "account": account, "url": broken.url, "delivered": False, "detail": "status 503"}
        assert len(broken.received) == 1, "tried once"
        done = run("notices", "test", account, "--url", webhook.url, redis=redis)
        assert done.stdout.endswith("\tdelivered\tstatus 200\n")
        assert len(webhook.received) == 2
    done = run("notices", "test", account + "-other", redis=redis, check=False)
    assert done.returncode == 1 and "no URL" in done.stdout
    assert listed(redis, account) == [], "it is in no list"


def test_several_couriers_share_the_work(redis, account):
    accounts = [f"{account}-{number}" for number in range(6)]
    with Webhook() as webhook:
        with courier("worker", redis, webhook.url), courier("serve", redis, webhook.url), \
                courier("worker", redis, webhook.url):
            threads = [threading.Thread(target=cross, args=(redis, each)) for each in accounts]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            all_told(redis, *accounts)
    delivered = [told(webhook, each) for each in accounts]
    for each in delivered:
        assert set(each) == {("limit.changed", 0, 5, 0), ("threshold.reached", 80, 5, 4), ("limit.reached", 100, 5, 5)}
    # At least once, and mostly once: two may look after an account whose notices come while others are on their way.
    assert sum(map(len, delivered)) <= 3 * len(accounts) + 4


def test_a_slow_url_is_told_each_notice_once_for_the_most_part(redis, account):
    """One after the other comes while those before are on their way."""
    with Webhook(lambda delivery: time.sleep(0.5) or 200) as webhook, courier("worker", redis, webhook.url), \
            courier("serve", redis, webhook.url):
        run("notices", "set", account, "--thresholds", "10,20,30,40,50,60,70,80,90,100", redis=redis)
        limit(redis, account, 10)
        for number in range(10):
            activate(redis, account, number)
        all_told(redis, account)
        assert len(set(told(webhook, account))) == 11
        assert len(webhook.of(account)) <= 11 + 4


def cross(redis, account):
    limit(redis, account, 5)
    activate(redis, account, 1, 2, 3, 4)
    activate(redis, account, 5)


def test_a_url_that_does_not_answer_holds_up_nobody_else_for_long(redis, account):
    stuck, other = account + "-stuck", account + "-other"
    gate = threading.Event()
    with Webhook(lambda delivery: gate.wait(60) and 200) as silent, Webhook() as webhook:
        run("notices", "set", stuck, "--url", silent.url, redis=redis)
        with courier("worker", redis, webhook.url):
            try:
                limit(redis, stuck, 10)
                assert eventually(lambda: silent.of(stuck))
                limit(redis, other, 10)
                # A delivery takes ten seconds at most.
                assert eventually(lambda: webhook.of(other), within=25)
            finally:
                gate.set()


def test_what_a_courier_had_under_way_when_it_was_killed_is_delivered_by_another():
    clock = Clock()
    redis = Redis(environment=clock.environment)
    gate = threading.Event()
    try:
        limit(redis, "acct_1", 10)
        with Webhook(lambda delivery: gate.wait(60) and 200) as webhook:
            first = Worker(redis.url, environment=environment(webhook.url))
            try:
                assert eventually(lambda: webhook.of("acct_1"))
            finally:
                first.kill()
                first.close()
            gate.set()
            # The account is the first one's for a minute.
            clock.advance(61)
            with courier("worker", redis, webhook.url):
                all_told(redis, "acct_1")
            before, after = webhook.of("acct_1")
            assert before.headers["Idempotency-Key"] == after.headers["Idempotency-Key"]
    finally:
        gate.set()
        redis.close()


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_under_way_at_the_end_is_finished_and_recorded(redis, account, kind):
    gate = threading.Event()
    with Webhook(lambda delivery: gate.wait(60) and 200) as webhook, courier(kind, redis, webhook.url) as process:
        try:
            limit(redis, account, 10)
            assert eventually(lambda: webhook.of(account))
            process.process.terminate()
            assert eventually(lambda: process.process.poll() is not None, within=0.5) is False
        finally:
            gate.set()
        assert process.process.wait(20) == 0
        assert len(webhook.of(account)) == 1
        assert only(listed(redis, account))["status"] == "delivered"


def test_redis_goes_away_and_comes_back():
    redis = Redis()
    try:
        with Webhook() as webhook, courier("worker", redis, webhook.url):
            limit(redis, "acct_1", 5)
            all_told(redis, "acct_1")
            redis.stop()
            redis.start()
            activate(redis, "acct_1", 1, 2, 3, 4)
            all_told(redis, "acct_1")
            assert told(webhook, "acct_1") == [("limit.changed", 0, 5, 0), ("threshold.reached", 80, 5, 4)]
    finally:
        redis.close()
