"""Keys: what they allow, and what everybody is told who has none."""

import datetime
import hashlib
import secrets

import pytest

from keys import api_key, call, parts
from service import Service, eventually, make_key


def is_problem(answer, status, kind):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"]) == (f"/problems/{kind}", status)
    assert problem["requestId"] == answer.headers["X-Request-Id"]
    return True


# 401


@pytest.mark.parametrize("authorization", [
    None,
    "",
    "Bearer",
    "Bearer ",
    "Basic dXNlcjpwYXNz",
    "Bearer hck_",
    "Bearer hck_0123456789abcdef",
    f"Bearer hck_0123456789abcdef_{'0' * 63}",
    f"Bearer hck_0123456789abcdef_{'g' * 64}",
    f"Bearer hck_0123456789abcdef_{'0' * 64}_",
    f"Bearer hck_*_{'0' * 64}",
    "Bearer " + "x" * 8000,
])
def test_without_a_wellformed_key(service, authorization):
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = call(service, None, headers=headers)
    assert is_problem(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="headcount"'


def test_an_unknown_key(service):
    answer = call(service, f"hck_{secrets.token_hex(8)}_{secrets.token_hex(32)}")
    assert is_problem(answer, 401, "unauthenticated")
    assert answer.headers["WWW-Authenticate"] == 'Bearer realm="headcount"'


def test_a_known_id_with_another_secret(service, redis):
    key = make_key(redis)
    id, secret = parts(key)
    assert call(service, key).status_code == 200
    answer = call(service, f"hck_{id}_{secrets.token_hex(32)}")
    assert is_problem(answer, 401, "unauthenticated")
    assert secret not in answer.text
    assert call(service, key).status_code == 200


def test_an_unknown_key_and_a_wrong_secret_are_told_the_same(service, redis):
    """Nobody learns which ids there are."""
    id, _ = parts(make_key(redis))
    unknown, wrong = (
        call(service, f"hck_{id}_{secrets.token_hex(32)}", headers={"X-Request-Id": "same"})
        for id in (secrets.token_hex(8), id))
    assert unknown.text == wrong.text


def test_the_word_bearer_in_any_case(service, admin_key):
    assert call(service, None, headers={"Authorization": f"bEARER {admin_key}"}).status_code == 200


def test_an_expired_key(service, redis):
    now = int(redis.cli("TIME").split()[0])
    end = datetime.datetime.fromtimestamp(now + 2, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    key = make_key(redis, expires=end)
    assert call(service, key).status_code == 200
    assert eventually(lambda: call(service, key).status_code == 401, within=4)
    assert int(redis.cli("TIME").split()[0]) >= now + 2, "it worked until then"
    assert is_problem(call(service, key), 401, "unauthenticated")


def test_a_revoked_key_stops_working_within_a_second_everywhere(service, redis):
    key = make_key(redis)
    other = Service(redis.url)
    try:
        # Both have just seen that it is valid.
        assert [call(each, key).status_code for each in (service, other)] == [200, 200]
        assert api_key(redis, "revoke", parts(key)[0]).returncode == 0
        assert eventually(
            lambda: [call(each, key).status_code for each in (service, other)] == [401, 401], within=1)
    finally:
        other.close()


def test_a_new_key_works_within_a_second_where_it_was_tried_before(service, redis):
    """An id that was unknown a moment ago is not unknown for ever."""
    key = make_key(redis)
    id, _ = parts(key)
    stored = redis.cli("HGET", "hc:api-keys", id)
    redis.cli("HDEL", "hc:api-keys", id)
    assert call(service, key).status_code == 401
    redis.cli("HSET", "hc:api-keys", id, stored)
    assert eventually(lambda: call(service, key).status_code == 200, within=1)


# 403


ASKED = [
    ("POST", "/v1/accounts/acct_1/activations", {"contact": "ann", "by": "campaign:spring"}, "activate"),
    ("GET", "/v1/accounts/acct_1/usage", None, "read"),
    ("GET", "/v1/accounts/acct_1/history", None, "read"),
    ("GET", "/v1/accounts/acct_1/daily", None, "read"),
    ("GET", "/v1/accounts/acct_1/contacts", None, "read"),
    ("GET", "/v1/accounts/acct_1/contacts/ann", None, "read"),
    ("GET", "/v1/accounts/acct_1/plan", None, "read"),
    ("PUT", "/v1/accounts/acct_1/plan", {"limit": 7}, "admin"),
    ("GET", "/v1/accounts", None, "read"),
]


@pytest.mark.parametrize("scope", ["activate", "read", "admin"])
def test_a_key_does_what_its_scope_allows_and_nothing_else(service, redis, scope):
    key = make_key(redis, scope=scope)
    for method, path, body, needed in ASKED:
        answer = call(service, key, method, path, json=body)
        if scope in (needed, "admin"):
            assert answer.status_code == 200, f"{method} {path}: {answer.text}"
        else:
            assert is_problem(answer, 403, "forbidden")
            assert needed in answer.json()["detail"]


@pytest.mark.parametrize("method, path, body, needed", ASKED)
def test_every_path_wants_a_key(service, method, path, body, needed):
    assert is_problem(call(service, None, method, path, json=body), 401, "unauthenticated")


def test_a_bound_key_serves_its_account_only(service, redis):
    key = make_key(redis, account="acct_1")
    for method, path, body, _ in ASKED:
        if "acct_1" in path:
            assert call(service, key, method, path, json=body).status_code == 200, f"{method} {path}"
            path = path.replace("acct_1", "acct_12")
        assert is_problem(call(service, key, method, path, json=body), 403, "forbidden"), f"{method} {path}"
    assert redis.cli("--scan", "--pattern", "hc:{acct_12}*") == "", "nothing was done to the other account"
    # The same account, written in another way; and another way to write another.
    assert call(service, key, path="/v1/accounts/acct%5F1/usage").status_code == 200
    assert call(service, key, path="/v1/accounts/acct%5F12/usage").status_code == 403
    assert call(service, key, path="/v1/accounts/acct_1%2F..%2Facct_12/usage").status_code == 403


def test_changes_bear_the_keys_name(service, redis):
    key = make_key(redis, name="billing")
    answer = call(service, key, "PUT", "/v1/accounts/acct_named/plan", json={"limit": 7})
    assert answer.json()["audit"][0]["who"] == "billing"


# Too many failures


def test_many_failures_with_one_key_are_throttled_and_hurt_nobody_else(service, redis):
    key, bystander = make_key(redis), make_key(redis)
    id, _ = parts(key)
    wrong = f"hck_{id}_{secrets.token_hex(32)}"
    answers = [call(service, wrong) for _ in range(30)]
    assert answers[0].status_code == 401
    assert {answer.status_code for answer in answers} == {401, 429}
    assert is_problem(answers[-1], 429, "too_many_failures")
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert call(service, bystander).status_code == 200, "another key is not concerned"
    assert call(service, key).status_code == 200, "nor is the owner locked out by somebody who guesses"
    another = f"hck_{secrets.token_hex(8)}_{secrets.token_hex(32)}"
    assert call(service, another).status_code == 401


def test_a_malformed_key_is_throttled_too(service):
    answers = [call(service, "a-key-of-another-product").status_code for _ in range(30)]
    assert (answers[0], answers[-1]) == (401, 429)
    assert call(service, "another-one").status_code == 401


# Logs


@pytest.mark.parametrize("format", ["text", "json"])
def test_no_key_ever_stands_in_the_log(redis, format):
    service = Service(redis.url, "--log-level", "trace", "--log-format", format)
    try:
        key = make_key(redis)
        id, secret = parts(key)
        unknown = secrets.token_hex(32)
        assert call(service, key).status_code == 200
        assert call(service, key, "POST", "/v1/accounts/acct_1/activations", data="{").status_code == 400
        assert call(service, f"hck_{id}_{unknown}").status_code == 401
        assert call(service, f"not-a-key-{unknown}").status_code == 401
        redis.cli("HDEL", "hc:api-keys", id)
        assert eventually(lambda: call(service, key).status_code == 401, within=2)
        assert service.terminate() == 0
        assert "request" in service.log, "the requests are logged"
        assert secret not in service.log
        assert unknown not in service.log
        assert hashlib.sha256(key.encode()).hexdigest() not in service.log
    finally:
        service.close()
