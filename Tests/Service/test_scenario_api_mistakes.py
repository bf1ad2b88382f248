"""What is wrong with a scenario over HTTP is said, with the value that is wrong, and nothing changes."""

import pytest

from service import Client, Service
from webhooks import is_problem, scenario_path

NOBODY = "http://127.0.0.1:1/"
BODY = {"on": "message", "action": NOBODY}


def put(client, account, id="welcome", **body):
    return client.put(scenario_path(account, id), json=BODY | body)


URLS = [
    "ftp://example.com/", "/send", "example.com", "", "http://", "https://example.com/\u00e9", "https://example.com/a b"
]
NO_SCENARIO = (422, "invalid_scenario")
NO_BODY = (400, "invalid_body", None)


@pytest.mark.parametrize("change, status, kind, value", [
    ({"on": "like"}, *NO_SCENARIO, "like"),
    ({"on": "Message"}, *NO_SCENARIO, "Message"),
    ({"keywords": ["hi", ""]}, *NO_SCENARIO, ""),
    ({"keywords": [" \u3000"]}, *NO_SCENARIO, " \u3000"),
    ({"keywords": ["\u00e9" * 129]}, *NO_SCENARIO, "\u00e9" * 64 + "\u2026"),
    ({"keywords": ["a"] * 101}, *NO_SCENARIO, "101"),
    ({"keywords": ["hi"], "match": "like"}, *NO_SCENARIO, "like"),
    *(({"action": url}, *NO_SCENARIO, url) for url in URLS),
    ({"action": "https://example.com/" + "x" * 2_048}, *NO_SCENARIO, "https://example.com/" + "x" * 44 + "\u2026"),
    ({"action": None, "steps": []}, *NO_SCENARIO, "0"),
    ({"action": None, "steps": [{"action": NOBODY}] * 21}, *NO_SCENARIO, "21"),
    ({"action": None, "steps": [{"action": NOBODY}, {"action": "no URL"}]}, *NO_SCENARIO, "no URL"),
    ({"action": None, "steps": [{"action": NOBODY, "delay": -1}]}, *NO_SCENARIO, "-1"),
    ({"action": None, "steps": [{"action": NOBODY, "delay": 2_592_001}]}, *NO_SCENARIO, "2592001"),
    ({"coolDown": -1}, *NO_SCENARIO, "-1"),
    ({"coolDown": 31_622_401}, *NO_SCENARIO, "31622401"),
    ({"replyWindow": 59}, *NO_SCENARIO, "59"),
    ({"replyWindow": 2_592_001}, *NO_SCENARIO, "2592001"),
    ({"action": None, "steps": [{"action": NOBODY, "wait": 1}]}, 400, "unknown_field", "wait"),
    ({"keyword": "hi"}, 400, "unknown_field", "keyword"),
    ({"on": None}, *NO_BODY),
    ({"action": None}, *NO_BODY),
    ({"steps": [{"action": NOBODY}]}, *NO_BODY),
    ({"action": None, "steps": [{"delay": 60}]}, *NO_BODY),
    ({"action": None, "steps": [NOBODY]}, *NO_BODY),
    ({"keywords": "hi"}, *NO_BODY),
    ({"match": "exact"}, *NO_BODY),
    ({"match": "contains", "keywords": []}, *NO_BODY),
    ({"match": "any", "keywords": ["hi"]}, *NO_BODY),
    ({"coolDown": 0.5}, *NO_BODY),
    ({"coolDown": "1d"}, *NO_BODY),
    ({"replyWindow": "none"}, *NO_BODY),
    ({"enabled": "yes"}, *NO_BODY),
])
def test_what_is_wrong_is_named_and_nothing_changes(client, account, change, status, kind, value):
    """With the value that is wrong, or, of one that is of a wrong type or missing, with the field."""
    before = put(client, account, keywords=["former"]).json()
    body = {name: value for name, value in (BODY | change).items() if value is not None}
    answer = client.put(scenario_path(account, "welcome"), json=body)
    assert is_problem(answer, status, kind, value)
    assert value is not None or any(name.removesuffix("s") in answer.json()["detail"] for name in (*change, "number"))
    assert client.get(scenario_path(account, "welcome")).json() == before
    assert client.put(scenario_path(account, "other"), json=body).status_code == status
    assert client.get(scenario_path(account, "other")).status_code == 404


@pytest.mark.parametrize("query, value", [
    ("state=", ""), ("state=Parked", "Parked"), ("state=parked,", ""), ("state=parked,erased", "erased"),
    ("state=parked&state=failed", "state"), ("newest=0", "0"), ("newest=1001", "1001"), ("newest=-1", "-1"),
    ("newest=ten", "ten"), ("limit=10", "limit"),
])
def test_queries_for_runs_that_are_refused(client, account, query, value):
    put(client, account)
    assert is_problem(client.get(scenario_path(account, "welcome", "runs") + "?" + query), 400, "invalid_query", value)


ABOUT_ONE = [("GET", []), ("DELETE", []), ("POST", ["enable"]), ("POST", ["disable"]), ("GET", ["runs"])]


@pytest.mark.parametrize("method, parts", ABOUT_ONE)
def test_a_scenario_that_there_is_not(client, account, method, parts):
    put(client, f"{account}-other")
    assert is_problem(client.request(method, scenario_path(account, "welcome", *parts)), 404, "not_found", "welcome")


@pytest.mark.parametrize("method, parts", [*ABOUT_ONE, ("PUT", [])])
@pytest.mark.parametrize("id, value", [
    ("wel%20come", "wel come"), ("-x", "-x"), ("%2E%2E%2Fx", "../x"), ("x" * 65, "x" * 64 + "\u2026"),
    (":version", ":version")])
def test_an_id_that_there_cannot_be(client, account, method, parts, id, value):
    body = BODY if method == "PUT" else None
    assert is_problem(client.request(method, scenario_path(account, id, *parts), json=body), *NO_SCENARIO, value)


def test_nothing_is_made_that_would_not_be_limited(redis, admin_key, account):
    """Where the configuration says that scenarios cost nothing."""
    service = Service(redis.url, environment={"HEADCOUNT_ACTIONS_COUNTED": "campaign",
                                              "HEADCOUNT_ACTIONS_NOT_COUNTED": "scenario"})
    try:
        with Client(service, admin_key) as client:
            assert is_problem(put(client, account), 422, "invalid_action", "scenario")
            assert client.get(scenario_path(account)).json()["scenarios"] == []
    finally:
        service.close()
