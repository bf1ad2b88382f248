"""Likewise for `headcount serve` and `headcount worker`: all that they are asked for and all that they do by themselves."""

import re

import requests

from browser import Visitor
from redis_scenes import LAST_MONTH, SETTINGS, scene
from service import Client, Service, eventually
from webhooks import GENERIC_SECRET, body, comment, deliver, entry, say
from worker import Worker

INSTAGRAM = "17841400008460042"


@scene("serve")
def _(stage):
    stage.die("dan", "dora")
    key = stage.admin("api-key", "create", "--name", "t", "--scope", "admin").stdout.strip()
    stage.admin("api-key", "create", "--name", "own", "--scope", "read", "--account", stage.account)
    yield
    environment = SETTINGS | {"HEADCOUNT_NOTICES_URL": stage.hook.url}
    service = Service(stage.url, "--metrics", environment=environment)
    try:
        with Client(service, key) as client:
            use(client, stage)
            eventually(lambda: stage.cli("XLEN", stage.key("outbox")) == "0", within=20)
            notices = client.get(f"/v1/accounts/{stage.account}/notices").json()["notices"]
            assert {notice["status"] for notice in notices} == {"delivered"}, notices
            answers(client, "POST", f"/v1/accounts/{stage.account}/notices/{notices[0]['id']}/resend")
            visit(service, key, stage.account)
            answers(client, "DELETE", f"/v1/accounts/{stage.account}")
            # Somebody lost the index, so that it is made again.
            stage.cli("DEL", *stage.cli("KEYS", "hc:accounts:*").split())
            answers(client, "GET", "/v1/accounts?near=1")
            assert service.terminate() == 0
    finally:
        service.close()


def answers(client, method, path, status=range(200, 300), **options):
    answer = client.request(method, path, **options)
    assert answer.status_code in status, f"{method} {path}: {answer.status_code} {answer.text}"
    return answer.json() if "json" in answer.headers.get("Content-Type", "") else answer.text


def use(client, stage):
    """Every call of the HTTP API, but what removes the account."""
    account, url = stage.account, stage.hook.url
    for path in ("/healthz", "/readyz", "/metrics", "/v1/accounts"):
        answers(client, "GET", path)

    def call(method, path="", json=None, status=range(200, 300)):
        return answers(client, method, f"/v1/accounts/{account}{path}", status, json=json)

    call("PUT", "/plan", {"limit": 6})
    call("PUT", "/notices", {"url": url, "thresholds": [50]})
    call("GET", "/notices")
    call("POST", "/activations", {"contacts": ["ann", "bob", "cleo", "eve"], "by": "campaign:x"})
    tokens = [call("POST", "/reservations", {"contact": name, "by": "campaign:x"})["token"] for name in ("x", "y")]
    call("POST", f"/reservations/{tokens[0]}/confirm")
    call("POST", f"/reservations/{tokens[1]}/release")
    call("GET", "/usage")
    call("GET", f"/usage?period={LAST_MONTH}")
    for path in ("/history", "/daily", "/contacts", "/contacts/ann", "/contacts/ann/history", "/plan"):
        call("GET", path)
    call("POST", "/contacts/merge", {"from": "anna", "into": "ann"})

    call("POST", "/campaigns", {"id": "spring", "action": url, "contacts": ["dan"]})
    stage.cli("HSET", stage.key("campaign:spring:jobs"), "dan", "f 1 1 status 400")
    for method, path, json in [
        ("GET", "", None), ("GET", "/spring", None), ("POST", "/spring/pause", None), ("POST", "/spring/resume", None),
        ("GET", "/spring/report", None), ("POST", "/spring/retry", {"outcomes": ["failed"]}), ("POST", "/spring/cancel", None),
    ]:
        call(method, f"/campaigns{path}", json)

    for method, path, json in [
        ("PUT", "/generic", {"secrets": [GENERIC_SECRET]}), ("PUT", f"/instagram/{INSTAGRAM}", None), ("GET", "", None),
    ]:
        call(method, f"/channels{path}", json)
    call("PUT", "/scenarios/sale", {"on": "comment", "steps": [{"action": url}]})
    for method, path in [("GET", ""), ("GET", "/sale"), ("POST", "/sale/disable"), ("POST", "/sale/enable"), ("GET", "/sale/runs")]:
        call(method, f"/scenarios{path}")
    say(client, account, "fay")
    assert deliver(client, body(entry(INSTAGRAM, changes=[comment("gus", "c1")]))).status_code == 200
    call("GET", "/scenarios/sale/runs")

    letters = [letter["id"] for letter in call("GET", "/dead-letters")["deadLetters"]]
    call("GET", f"/dead-letters/{letters[0]}")
    call("POST", f"/dead-letters/{letters[0]}/replay")
    call("DELETE", f"/dead-letters/{letters[1]}")
    call("DELETE", "/scenarios/sale")
    call("DELETE", "/contacts/dan")
    call("DELETE", f"/channels/instagram/{INSTAGRAM}")
    call("DELETE", f"/channels/instagram/{INSTAGRAM}", status=[404])
    call("DELETE", "/channels/generic")


def visit(service, key, account):
    """The dashboard's pages, its live numbers, and out again."""
    visitor = Visitor(service, key)
    for path in ("/", f"/accounts/{account}", f"/accounts/{account}/contacts/ann", f"/accounts/{account}/campaigns",
                 f"/accounts/{account}/scenarios", f"/accounts/{account}/members.csv", f"/accounts/{account}/daily.csv"):
        assert visitor.get(path).status_code == 200, path
    with visitor.get(f"/accounts/{account}/events", stream=True) as live:
        assert live.raw.readline().startswith(b"event:") or live.raw.readline()
    assert visitor.submit("/sign-out").status_code == 303


@scene("worker")
def _(stage):
    stage.admin("plan", "set", stage.account, "--limit", 6)
    stage.activate("zoe")
    stage.scenario("--step", "1s")
    stage.admin("channel", "link", stage.account, "generic", "--secret", GENERIC_SECRET)
    say_by_a_service(stage, "ann", "bob")
    # One whose step was settled by a worker that was killed then.
    stage.cli("SADD", stage.key("scenario:welcome:ended"), "bob")
    stage.campaign("cleo", "dan", "eve")
    # There is nothing to do yet, and the index is lost, which is found out when it looks for notices that were left behind.
    index = stage.cli("KEYS", "hc:accounts:*")
    stage.cli("DEL", index, "hc:due:campaigns", "hc:due:scenarios", "hc:due:sweep")
    yield
    environment = SETTINGS | {"HEADCOUNT_NOTICES_URL": stage.hook.url}
    worker = Worker(stage, "--listen", "127.0.0.1:0", "--metrics", environment=environment)
    try:
        assert eventually(lambda: stage.cli("EXISTS", index) == "1"), worker.log
        stage.cli("ZADD", "hc:due:campaigns", 1, f"{stage.account} spring")
        stage.cli("ZADD", "hc:due:scenarios", 1, f"{stage.account} welcome")
        sends = lambda: sorted(request.contact for request in list(stage.hook.requests) if "contact" in request.json)
        assert eventually(lambda: sends() == ["ann", "ann", "bob", "bob", "cleo", "dan", "eve"], within=30), sends()
        assert eventually(lambda: stage.cli("XLEN", stage.key("outbox")) == "0", within=20)
        health = re.search(r"health on (http://[\d.:]+)", worker.log)[1]
        for path in ("/healthz", "/readyz", "/metrics"):
            assert requests.get(health + path, timeout=10).status_code == 200
        assert worker.terminate() == 0
    finally:
        worker.close()


def say_by_a_service(stage, *contacts):
    """Lets events come in by a service that may do everything."""
    service = Service(stage.redis.url)
    try:
        with Client(service) as client:
            for contact in contacts:
                say(client, stage.account, contact)
    finally:
        service.close()
