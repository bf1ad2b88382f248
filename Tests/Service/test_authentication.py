"""Keys: what is stored of them, what they allow, and what everybody is told who has none."""

import datetime
import hashlib
import json
import pathlib
import re
import secrets
import time

import pytest
import requests

from service import Redis, Service, eventually, make_key, run

KEY = re.compile(r"hck_([0-9a-f]{16})_([0-9a-f]{64})")


def parts(key):
    """A key's id and its secret."""
    return KEY.fullmatch(key).groups()


def call(service, key, method="GET", path="/v1/accounts/acct_1/usage", **options):
    headers = options.pop("headers", {})
    if key is not None:
        headers = headers | {"Authorization": f"Bearer {key}"}
    return requests.request(method, service.url + path, headers=headers, timeout=30, **options)


def api_key(redis, *arguments):
    return run("api-key", *arguments, redis=redis, check=False)


def is_problem(answer, status, kind):
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["type"], problem["status"]) == (f"/problems/{kind}", status)
    assert problem["requestId"] == answer.headers["X-Request-Id"]
    return True


# The command


def test_create_prints_the_key_alone(redis):
    done = api_key(redis, "create", "--name", "campaigns", "--scope", "activate")
    assert (done.returncode, done.stderr) == (0, "")
    assert KEY.fullmatch(done.stdout.removesuffix("\n"))


def test_create_and_list_for_machines(redis):
    done = api_key(redis, "create", "--name", "agency 7", "--scope", "read", "--account", "acct_7",
                   "--expires", "2099-06-30", "--json")
    made = json.loads(done.stdout)
    assert parts(made.pop("key"))[0] == made["id"]
    # The day that was given is the last on which it works.
    assert made | {"id": None, "createdAt": None} == {
        "id": None, "createdAt": None, "name": "agency 7", "scope": "read", "account": "acct_7",
        "expiresAt": "2099-07-01T00:00:00Z"}
    listed = [json.loads(line) for line in api_key(redis, "list", "--json").stdout.splitlines()]
    assert made in listed, "list shows the same, without the key"


def test_list_shows_no_secret(redis):
    key = make_key(redis, name="shown in the list")
    id, secret = parts(key)
    shown = api_key(redis, "list").stdout
    assert re.search(rf"^{id}\s+admin\s+all\s.*\snever\s+shown in the list$", shown, re.MULTILINE)
    assert secret not in shown


def test_revoke_takes_a_key_away_once(redis):
    id, _ = parts(make_key(redis))
    assert api_key(redis, "revoke", id).returncode == 0
    assert id not in api_key(redis, "list").stdout
    again = api_key(redis, "revoke", id)
    assert again.returncode == 65
    assert id in again.stderr


@pytest.mark.parametrize("arguments, status, named", [
    (["--name", "a", "--scope", "owner"], 64, "owner"),
    (["--name", "a", "--scope", "read", "--expires", "tomorrow"], 64, "tomorrow"),
    (["--name", "a", "--scope", "read", "--expires", "2099-02-31"], 64, "2099-02-31"),
    (["--name", "a", "--scope", "read", "--expires", "2099-13-01"], 64, "2099-13-01"),
    (["--name", "a", "--scope", "read", "--expires", "2020-01-01"], 64, "2020-01-01"),
    (["--name", "a", "--scope", "read", "--expires", "2020-01-01T00:00:00Z"], 64, "2020-01-01T00:00:00Z"),
    (["--name", "a", "--scope", "read", "--account", "acct{42}"], 65, "acct{42}"),
    (["--name", "", "--scope", "read"], 64, "name"),
    (["--name", "two\nlines", "--scope", "read"], 64, "name"),
    (["--scope", "read"], 64, "--name"),
    (["--name", "a"], 64, "--scope"),
])
def test_create_says_what_is_wrong(redis, arguments, status, named):
    before = redis.cli("HLEN", "hc:api-keys")
    done = api_key(redis, "create", *arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert named in done.stderr
    assert redis.cli("HLEN", "hc:api-keys") == before, "no key was made"


def test_only_a_hash_is_stored():
    redis = Redis()
    try:
        key = make_key(redis, name="hashed", account="acct_1")
        id, secret = parts(key)
        stored = json.loads(redis.cli("HGET", "hc:api-keys", id))
        assert stored.pop("createdAt") <= time.time()
        assert stored == {
            "name": "hashed", "scope": "admin", "account": "acct_1", "sha256": hashlib.sha256(key.encode()).hexdigest()}
        redis.stop()
        written = b"".join(file.read_bytes() for file in pathlib.Path(redis.directory).rglob("*") if file.is_file())
        assert id.encode() in written
        assert secret.encode() not in written, "nor does it stand in Redis's files"
    finally:
        redis.close()


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


# What all answers have in common


@pytest.mark.parametrize("method, path, status", [
    ("GET", "/healthz", 200),
    ("GET", "/readyz", 200),
    ("GET", "/metrics", 200),
    ("GET", "/openapi.yaml", 200),
    ("GET", "/sign-in", 200),
    ("GET", "/assets/style.css", 200),
    ("HEAD", "/healthz", 200),
    ("GET", "/v1/accounts/acct_1/usage", 401),
    ("GET", "/nothing-here", 404),
    ("POST", "/healthz", 405),
    ("GET", "/events", 401),
])
def test_every_answer_keeps_browsers_from_harm(service, method, path, status):
    answer = call(service, None, method, path)
    assert answer.status_code == status
    has_security_headers(answer.headers)


def has_security_headers(headers):
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"]
    assert headers["X-Request-Id"]
    assert "Server" not in headers
    assert "Strict-Transport-Security" not in headers, "without TLS browsers ignore it"


def test_answers_to_keys_and_to_bad_requests_too(client, service, admin_key):
    has_security_headers(client.get("/v1/accounts/acct_1/usage").headers)
    has_security_headers(client.post("/v1/accounts/acct_1/activations", json={}).headers)
    has_security_headers(call(service, admin_key, headers={"X-Long": "x" * 20_000}).headers)


def test_pages_of_other_origins_get_no_say_unless_configured(service, admin_key):
    origin = {"Origin": "https://app.example.com"}
    answers = [
        call(service, admin_key, headers=origin),
        call(service, None, "OPTIONS", headers=origin | {"Access-Control-Request-Method": "GET"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 405]
    for answer in answers:
        assert not [name for name in answer.headers if name.lower().startswith("access-control-")]


def test_pages_of_a_configured_origin_may_call_the_api(redis, admin_key):
    origins = "https://app.example.com,http://localhost:3000"
    service = Service(redis.url, environment={"HEADCOUNT_CORS_ORIGINS": origins})
    try:
        for origin in origins.split(","):
            preflight = call(service, None, "OPTIONS", "/v1/accounts/acct_1/activations", headers={
                "Origin": origin, "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": "authorization,content-type"})
            assert preflight.status_code == 204
            assert preflight.headers["Access-Control-Allow-Origin"] == origin
            assert "POST" in preflight.headers["Access-Control-Allow-Methods"]
            allowed = preflight.headers["Access-Control-Allow-Headers"].lower()
            assert "authorization" in allowed and "content-type" in allowed
            for key, status in ((admin_key, 200), (None, 401)):
                answer = call(service, key, headers={"Origin": origin})
                assert answer.status_code == status
                assert answer.headers["Access-Control-Allow-Origin"] == origin
                assert "Origin" in answer.headers["Vary"]
                assert "RateLimit" in answer.headers["Access-Control-Expose-Headers"]
                # Cookies of the dashboard are none of the API's business.
                assert "Access-Control-Allow-Credentials" not in answer.headers
        for origin in ("https://app.example.com.evil.example", "https://evil.example", "http://app.example.com", "null"):
            answer = call(service, admin_key, headers={"Origin": origin})
            assert "Access-Control-Allow-Origin" not in answer.headers
        page = call(service, None, path="/sign-in", headers={"Origin": "https://app.example.com"})
        assert "Access-Control-Allow-Origin" not in page.headers, "the dashboard is nobody else's"
    finally:
        service.close()


def test_a_request_without_an_id_gets_one(service):
    ids = {call(service, None, path="/healthz").headers["X-Request-Id"] for _ in range(10)}
    assert len(ids) == 10
    assert all(re.fullmatch("[0-9a-z-]{8,64}", id) for id in ids)


@pytest.mark.parametrize("id", ["a", "9f1c2a7be4d0638f", "0192F3AC-6c1e-7d43-8b59-3d5c5f0f2a11", "x" * 64])
def test_a_proxys_request_id_is_taken_over(service, id):
    answer = call(service, None, headers={"X-Request-Id": id})
    assert answer.headers["X-Request-Id"] == id
    assert answer.json()["requestId"] == id


@pytest.mark.parametrize("id", ["", "x" * 65, "two words", "a=b", "a\tb", '"', "<script>", "\u00e9".encode(), "a,b"])
def test_a_malformed_request_id_is_replaced(service, id):
    answer = call(service, None, headers={"X-Request-Id": id})
    assert re.fullmatch("[0-9a-z-]{8,64}", answer.headers["X-Request-Id"])
    assert answer.json()["requestId"] == answer.headers["X-Request-Id"]


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
