"""Dead letters over HTTP: listed, read, replayed and thrown away."""

import pytest

from action_server import DROP
from service import Client, Service, eventually
from webhooks import account, comes_to, is_problem, progress, put_scenario, say, story, worker


def path(account, *parts):
    return "/".join([f"/v1/accounts/{account}/dead-letters", *parts])


def letters(client, account, **query):
    answer = client.get(path(account), params=query)
    assert answer.status_code == 200 and answer.json()["account"] == account, answer.text
    return answer.json()["deadLetters"]


@pytest.fixture
def server(action):
    """An action that refuses whoever comes, until `answer` is another one."""
    return action(lambda request: 400)


@pytest.fixture
def letter(client, account, server, worker):
    """That of ann's run, which ended at the second of two steps."""
    server.answer = lambda request: 200 if request.json["step"] == 1 else 400
    put_scenario(client, account, server.url, 0)
    say(client, account, "ann", "Hi there", id="m1", details={"payload": "A"})
    comes_to(client, account, failed=1, active=0)
    return letters(client, account)[0]


def test_a_letter_says_what_was_not_sent_and_why(client, account, server, worker):
    server.answer = lambda request: 400 if request.contact == "ann" else DROP
    put_scenario(client, account, server.url)
    say(client, account, "ann", "Hi there", id="m1", details={"payload": "A"}, at="2019-09-23T20:14:45+02:00")
    comes_to(client, account, failed=1)
    say(client, account, "bob", None)
    comes_to(client, account, unknown=1)
    bob, ann = letters(client, account)
    assert ann == {
        "id": ann["id"], "account": account, "scenario": "welcome", "run": 1, "contact": "ann", "step": 1,
        "attempts": 1, "outcome": "failed", "reason": "status 400", "at": ann["at"],
        "event": {"kind": "message", "id": "m1", "text": "Hi there", "details": {"payload": "A"},
                  "at": "2019-09-23T18:14:45Z"}}
    assert bob["event"] == {"kind": "message", "id": None, "text": None, "details": {}, "at": None}
    assert (bob["outcome"], bob["run"]) == ("unknown", 2) and bob["reason"]
    for letter in (ann, bob):
        answer = client.get(path(account, letter["id"]))
        assert (answer.status_code, answer.json()) == (200, letter)


def test_listed_newest_first_of_all_or_one_scenario(client, account, server, worker):
    """Also of one that was removed since."""
    assert client.get(path(account)).json() == {"account": account, "count": 0, "deadLetters": []}
    for contact, id in [("ann", "a"), ("bob", "b"), ("cleo", "a")]:
        put_scenario(client, account, server.url, id=id)
        say(client, account, contact)
        assert eventually(lambda: [letter["contact"] for letter in letters(client, account)][:1] == [contact])
        client.delete(f"/v1/accounts/{account}/scenarios/{id}")
    cleo, bob, ann = letters(client, account)
    assert [letter["contact"] for letter in (cleo, bob, ann)] == ["cleo", "bob", "ann"]
    assert letters(client, account, scenario="a") == [cleo, ann]
    assert letters(client, account, scenario="a", newest=1) == [cleo]
    assert letters(client, account, scenario="c") == []
    answer = client.get(path(account), params={"newest": 2}).json()
    assert (answer["count"], answer["deadLetters"]) == (3, [cleo, bob])


def test_replayed_at_its_step(client, account, server, letter):
    """Under the same number and Idempotency-Key, and with the event that had started it; the letter is gone."""
    refused = server.requests[-1]
    server.answer = lambda request: 200
    answer = client.post(path(account, letter["id"], "replay"))
    assert (answer.status_code, answer.json()) == (200, {"result": "replayed"})
    comes_to(client, account, finished=1, failed=0, started=1, active=0)
    again = server.requests[-1]
    assert len(server.requests) == 3 and (again.key, again.json) == (refused.key, refused.json)
    assert again.json["event"] == letter["event"]
    assert letters(client, account) == []
    assert story(client, account, "ann") == [
        "welcome started", "welcome step 1 sent", "welcome step 2 failed", "welcome step 2 sent"]


def test_replayed_and_refused_again(client, account, letter):
    """A new letter for the same run."""
    client.post(path(account, letter["id"], "replay"))
    assert eventually(lambda: [each["id"] for each in letters(client, account)] not in ([], [letter["id"]]))
    (new,) = letters(client, account)
    assert new | {"id": None, "at": None} == letter | {"id": None, "at": None}
    assert progress(client, account).items() >= {"started": 1, "failed": 1}.items()


def test_not_while_the_contact_has_another_run(client, account, server, letter):
    """The letter stays, for later."""
    put_scenario(client, account, server.url, 86_400)
    server.answer = lambda request: 200
    say(client, account, "ann")
    comes_to(client, account, active=1, alreadyCounted=1, sending=0)
    before = progress(client, account)
    assert is_problem(client.post(path(account, letter["id"], "replay")), 409, "conflict", letter["id"])
    assert (letters(client, account), progress(client, account)) == ([letter], before)


def test_not_without_its_scenario(client, account, server, letter):
    """But of one of the same id that was made since."""
    client.delete(f"/v1/accounts/{account}/scenarios/welcome")
    answer = client.post(path(account, letter["id"], "replay"))
    assert is_problem(answer, 409, "conflict", letter["id"]) and "removed" in answer.json()["detail"]
    assert letters(client, account) == [letter]
    server.answer = lambda request: 200
    put_scenario(client, account, server.url, 0)
    assert client.post(path(account, letter["id"], "replay")).json() == {"result": "replayed"}
    assert comes_to(client, account, finished=1, active=0)
    assert [request.json["step"] for request in server.requests] == [1, 2, 2]
    assert letters(client, account) == []


def test_in_a_scenario_that_was_made_since_it_is_a_run_of_its_own(client, account, server, letter):
    """Its call is another one than that of the new one's first run, which the action has seen already."""
    client.delete(f"/v1/accounts/{account}/scenarios/welcome")
    server.answer = lambda request: 200
    put_scenario(client, account, server.url, 0)
    say(client, account, "ann", "Here again")
    assert eventually(lambda: len(server.requests) == 4)
    assert eventually(lambda: client.post(path(account, letter["id"], "replay")).status_code == 200)
    assert eventually(lambda: len(server.requests) == 5)
    new, replayed = server.requests[3:]
    assert [request.json["step"] for request in (new, replayed)] == [2, 2]
    assert new.key != replayed.key


def test_of_a_disabled_scenario_it_waits(client, account, server, letter):
    server.answer = lambda request: 200
    scenario = f"/v1/accounts/{account}/scenarios/welcome"
    client.post(scenario + "/disable")
    assert client.post(path(account, letter["id"], "replay")).status_code == 200
    (run,) = client.get(scenario + "/runs?state=waiting").json()["runs"]
    assert (run["contact"], run["step"], run["run"]) == ("ann", 2, letter["run"])
    client.post(scenario + "/enable")
    comes_to(client, account, finished=1)


def test_thrown_away(client, account, letter):
    """What became of the run stays told."""
    before, told = progress(client, account), story(client, account, "ann")
    answer = client.delete(path(account, letter["id"]))
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(path(account)).json()["count"] == 0
    assert (progress(client, account), story(client, account, "ann")) == (before, told)


@pytest.mark.parametrize("method, parts", [("GET", []), ("DELETE", []), ("POST", ["replay"])])
def test_a_letter_that_there_is_not(client, account, letter, method, parts):
    """Not any more, never, not the account's, and none at all."""
    client.delete(path(account, letter["id"]))
    for owner, id in [(account, letter["id"]), (account, "1-1"), (f"{account}-other", letter["id"]), (account, "x"),
                      (account, "-"), (account, "0-0")]:
        assert is_problem(client.request(method, path(owner, id, *parts)), 404, "not_found", id)


@pytest.mark.parametrize("query, status, kind, value", [
    ("newest=0", 400, "invalid_query", "0"), ("newest=1001", 400, "invalid_query", "1001"),
    ("newest=all", 400, "invalid_query", "all"), ("state=failed", 400, "invalid_query", "state"),
    ("scenario=wel%20come", 422, "invalid_scenario", "wel come"), ("scenario=", 422, "invalid_scenario", ""),
])
def test_queries_that_are_refused(client, account, query, status, kind, value):
    assert is_problem(client.get(path(account) + "?" + query), status, kind, value)


def test_what_one_instance_replays_is_gone_for_the_other(redis, client, admin_key, account, server, letter):
    server.answer = lambda request: 200
    other_service = Service(redis.url)
    try:
        with Client(other_service, admin_key) as other:
            assert letters(other, account) == [letter]
            replay = path(account, letter["id"], "replay")
            assert sorted(each.post(replay).status_code for each in (client, other)) == [200, 404]
            comes_to(other, account, finished=1)
            assert len(server.requests) == 3
    finally:
        other_service.close()
