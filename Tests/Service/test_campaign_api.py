"""A campaign over HTTP: made, loaded, started, watched, changed and reported, and what is answered to mistakes."""

import csv
import io
import json

import pytest

from action_server import DROP
from campaigns import OUTCOMES
from service import Client, eventually, make_key

NOBODY = "http://127.0.0.1:1/send"
PEOPLE = ["ann", "bob", "cleo", "dora"]


def path(account, *parts):
    return "/".join([f"/v1/accounts/{account}/campaigns", *parts])


def make(client, account, contacts=PEOPLE, url=NOBODY, id="spring", **more):
    body = {"id": id, "action": url, **({"contacts": contacts} if contacts is not None else {}), **more}
    return client.post(path(account), json=body)


def show(client, account, id="spring"):
    campaign = client.get(path(account, id)).json()
    assert sum(campaign[outcome] for outcome in OUTCOMES) == campaign["total"]
    return campaign


def becomes(client, account, id="spring", **expected):
    is_so = eventually(lambda: show(client, account, id).items() >= expected.items(), within=20)
    assert is_so, f"{expected} was not reached: {show(client, account, id)}"
    return True


def report(client, account, id="spring"):
    answer = client.get(path(account, id, "report"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/jsonl")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert len(lines) == len({line["contact"] for line in lines})
    return {line["contact"]: line for line in lines}


def is_problem(answer, status, kind, *said):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert problem["type"] == f"/problems/{kind}"
    assert all(text in problem["detail"] for text in said), problem
    return True


def test_made_and_sent_in_one_call(client, account, action, start_worker):
    server = action(lambda request: 400 if request.contact == "bob" else 200)
    answer = make(client, account, PEOPLE + ["ann"], server.url)
    assert (answer.status_code, answer.headers["Location"]) == (201, path(account, "spring"))
    made = answer.json()
    assert made.items() >= {
        "account": account, "id": "spring", "action": server.url, "who": "tests", "state": "running", "total": 4,
        "waiting": 4, "duplicates": 1}.items()
    assert made["created"] < made["expires"]
    start_worker()
    becomes(client, account, state="finished", sent=3, newlyCounted=3, failed=1)
    assert sorted(server.contacts) == PEOPLE
    assert client.get(f"/v1/accounts/{account}/usage").json()["used"] == 3
    assert client.get(answer.headers["Location"]).json() == show(client, account)


def test_loaded_in_parts(client, account, action, start_worker):
    server = action()
    answer = make(client, account, None, server.url, start=False, expires="2026-12-24T18:00:00+01:00")
    assert answer.status_code == 201
    assert answer.json().items() >= {"state": "loading", "total": 0, "expires": "2026-12-24T17:00:00Z"}.items()
    people = [f"contact-{number}" for number in range(2_000)]
    client.put(f"/v1/accounts/{account}/plan", json={"limit": 5_000})
    for begin in range(0, 2_000, 500):
        # They overlap.
        contacts = people[max(0, begin - 10):begin + 500]
        part = client.post(path(account, "spring", "contacts"), json={"contacts": contacts})
        assert (part.status_code, part.json()["total"]) == (200, begin + 500)
    assert part.json().items() >= {"state": "loading", "duplicates": 30, "waiting": 2_000}.items()
    start_worker()
    started = client.post(path(account, "spring", "start"))
    assert (started.status_code, started.json()["state"]) == (200, "running")
    becomes(client, account, state="finished", sent=2_000)
    assert sorted(server.contacts) == sorted(people)
    assert is_problem(client.post(path(account, "spring", "contacts"), json={"contacts": ["eve"]}), 409, "conflict")


def test_a_part_of_ten_thousand(client, account):
    people = [str(number) for number in range(10_000)]
    assert make(client, account, people, start=False).json()["total"] == 10_000
    assert is_problem(
        client.post(path(account, "spring", "contacts"), json={"contacts": people + ["10000"]}), 400, "invalid_body")


def test_paused_resumed_and_cancelled(client, account, action, start_worker):
    server = action()
    server.hold()
    make(client, account, [str(number) for number in range(60)], server.url)
    start_worker("--account-concurrency", 8)
    assert eventually(lambda: server.under_way == 8)
    paused = client.post(path(account, "spring", "pause"))
    assert (paused.status_code, paused.json()["state"]) == (200, "paused")
    server.release()
    becomes(client, account, state="paused", sent=8, sending=0, waiting=52)
    server.hold()
    assert client.post(path(account, "spring", "resume")).json()["state"] == "running"
    assert eventually(lambda: server.under_way == 8)
    cancelled = client.post(path(account, "spring", "cancel"))
    assert (cancelled.status_code, cancelled.json()["state"]) == (200, "cancelled")
    server.release()
    becomes(client, account, state="cancelled", sent=16, sending=0, skipped=44)
    lines = report(client, account)
    assert {line["reason"] for line in lines.values() if line["outcome"] == "skipped"} == {"cancelled"}
    for change in ("start", "pause", "resume"):
        assert is_problem(client.post(path(account, "spring", change)), 409, "conflict", "cancelled")
    assert is_problem(
        client.post(path(account, "spring", "retry"), json={"outcomes": ["failed"]}), 409, "conflict", "cancelled")


@pytest.mark.parametrize("outcomes, retried", [(["failed"], 1), (["unknown"], 1), (["failed", "unknown"], 2)])
def test_tried_again(client, account, action, start_worker, outcomes, retried):
    server = action(lambda request: {"ann": 400, "bob": DROP}.get(request.contact, 200))
    make(client, account, PEOPLE, server.url)
    start_worker()
    becomes(client, account, state="finished", sent=2, failed=1, unknown=1)
    server.answer = lambda request: 200
    answer = client.post(path(account, "spring", "retry"), json={"outcomes": outcomes})
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"account": account, "id": "spring", "retried": retried}
    becomes(client, account, state="finished", sent=2 + retried)
    assert len(server.requests) == 4 + retried
    assert len({request.key for request in server.requests}) == 4, "the same key each time"


def test_listed_newest_first(client, account):
    assert client.get(path(account)).json() == {"account": account, "campaigns": []}
    for id in ("a", "b", "c"):
        assert make(client, account, id=id).status_code == 201
    listed = client.get(path(account)).json()["campaigns"]
    assert [campaign["id"] for campaign in listed] == ["c", "b", "a"]
    assert listed[2] == show(client, account, "a")


def test_reported_as_json_lines_and_as_csv(client, account, action, start_worker):
    odd = 'bo"b, "jr" 💌'
    client.put(f"/v1/accounts/{account}/plan", json={"limit": 1})
    server = action(lambda request: 400 if request.contact == odd else 200)
    make(client, account, [odd, "ann", "cleo"], server.url)
    start_worker()
    becomes(client, account, sent=1, failed=1, parked=1)
    lines = report(client, account)
    assert {who: (line["outcome"], line["reason"], line["attempts"]) for who, line in lines.items()} == {
        odd: ("failed", "status 400", 1), "ann": ("sent", "newly_counted", 1), "cleo": ("parked", "limit_reached", 0)}
    answer = client.get(path(account, "spring", "report") + "?format=csv")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/csv; charset=utf-8")
    answer.encoding = "utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert {row["contact"]: row for row in rows} == {
        who: {name: str(line[name]) for name in ("contact", "outcome", "reason", "attempts", "at")}
        for who, line in lines.items()}
    assert answer.text.startswith("contact,outcome,reason,attempts,at\r\n") and answer.text.count("\r\n") == 4
    answer = client.get(path(account, "spring", "report") + "?format=xml")
    assert is_problem(answer, 400, "invalid_query", "jsonl or csv")


# Mistakes


@pytest.mark.parametrize("status, kind, change", [
    (422, "invalid_campaign", {"id": "sp ring"}),
    (422, "invalid_campaign", {"id": ""}),
    (422, "invalid_campaign", {"id": "x" * 65}),
    (422, "invalid_campaign", {"id": ".."}),
    (422, "invalid_campaign", {"action": "ftp://example.com/send"}),
    (422, "invalid_campaign", {"action": "/send"}),
    (422, "invalid_campaign", {"action": "https://example.com/" + "x" * 2_048}),
    (422, "invalid_campaign", {"expires": "2020-01-01T00:00:00Z"}),
    (422, "invalid_campaign", {"expires": "2999-01-01T00:00:00Z"}),
    (422, "invalid_campaign", {"expires": "2027-02-30T00:00:00Z"}),
    (422, "invalid_campaign", {"expires": "tomorrow"}),
    (422, "invalid_contact", {"contacts": ["ann", "b\u0001ob"]}),
    (422, "invalid_contact", {"contacts": ["x" * 257]}),
    (400, "invalid_body", {"contacts": []}),
    (400, "invalid_body", {"contacts": None}),
    (400, "invalid_body", {"contacts": "ann"}),
    (400, "invalid_body", {"id": None}),
    (400, "invalid_body", {"action": None}),
    (400, "invalid_body", {"id": 5}),
    (400, "unknown_field", {"audience": PEOPLE}),
])
def test_values_that_make_nothing(client, redis, account, status, kind, change):
    body = {"id": "spring", "action": NOBODY, "contacts": PEOPLE} | change
    body = {name: value for name, value in body.items() if value is not None}
    assert is_problem(client.post(path(account), json=body), status, kind)
    assert client.get(path(account)).json()["campaigns"] == []
    assert not [key for key in redis.cli("KEYS", "*campaign*").splitlines() if account in key]


def test_an_id_names_one_campaign(client, account):
    assert make(client, account).status_code == 201
    assert is_problem(make(client, account, ["eve"]), 409, "conflict", "which is running; choose another id")
    assert sorted(report(client, account)) == PEOPLE
    assert make(client, account + "-2").status_code == 201


@pytest.mark.parametrize("method, parts, body", [
    ("GET", [], None), ("GET", ["report"], None), ("POST", ["contacts"], {"contacts": ["ann"]}),
    ("POST", ["start"], None), ("POST", ["pause"], None), ("POST", ["resume"], None), ("POST", ["cancel"], None),
    ("POST", ["retry"], {"outcomes": ["failed"]}),
])
def test_a_campaign_that_there_is_not(client, account, method, parts, body):
    answer = client.request(method, path(account, "spring", *parts), json=body)
    assert is_problem(answer, 404, "not_found", "no such campaign")
    answer = client.request(method, path(account, "sp%20ring", *parts), json=body)
    assert is_problem(answer, 422, "invalid_campaign")


@pytest.mark.parametrize("change, body, status, kind", [
    ("start", None, 409, "conflict"),
    ("retry", {"outcomes": []}, 422, "invalid_campaign"),
    ("retry", {"outcomes": ["sent"]}, 422, "invalid_campaign"),
    ("retry", {"outcomes": ["whatever"]}, 422, "invalid_campaign"),
    ("retry", {}, 400, "invalid_body"),
    ("contacts", {"contacts": []}, 400, "invalid_body"),
    ("contacts", {"contacts": ["\u0001"]}, 422, "invalid_contact"),
    ("contacts", {"contacts": ["eve"]}, 409, "conflict"),
])
def test_changes_that_change_nothing(client, account, change, body, status, kind):
    make(client, account)
    client.post(path(account, "spring", "pause"))
    before = show(client, account)
    assert is_problem(client.post(path(account, "spring", change), json=body), status, kind)
    assert show(client, account) == before


READING = [("GET", []), ("GET", ["spring"]), ("GET", ["spring", "report"])]
CHANGING = [("POST", []), *(
    ("POST", ["spring", change]) for change in ("contacts", "start", "pause", "resume", "cancel", "retry"))]


@pytest.mark.parametrize("scope, may_read", [("activate", False), ("read", True)])
def test_only_an_admin_changes_campaigns(service, redis, client, account, scope, may_read):
    make(client, account)
    before = show(client, account)
    with Client(service, make_key(redis, scope)) as other:
        for method, parts in READING:
            assert other.request(method, path(account, *parts)).status_code == (200 if may_read else 403), parts
        for method, parts in CHANGING:
            body = {"id": "summer", "action": NOBODY, "contacts": ["eve"]}
            assert is_problem(other.request(method, path(account, *parts), json=body), 403, "forbidden"), parts
    with Client(service) as nobody:
        for method, parts in READING + CHANGING:
            assert is_problem(nobody.request(method, path(account, *parts)), 401, "unauthenticated")
    with Client(service, make_key(redis, "admin", account=account + "-2")) as stranger:
        for method, parts in READING + CHANGING:
            assert is_problem(stranger.request(method, path(account, *parts)), 403, "forbidden")
    assert show(client, account) == before
    with Client(service, make_key(redis, "admin", account=account, name="nora")) as tied:
        assert make(tied, account, id="summer").json()["who"] == "nora"
