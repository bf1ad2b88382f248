"""What all answers have in common: headers that keep browsers from harm, for pages of other origins, and request ids."""

import re

import pytest

from keys import call
from service import Service


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
