"""Meta's handshake, when the webhook is set up."""

import pytest

from service import Client, Service
from webhooks import APP_SECRET, ENVIRONMENT, VERIFY_TOKEN

RIGHT = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}


@pytest.fixture(scope="module")
def service(redis):
    service = Service(redis.url, "--metrics", environment=ENVIRONMENT)
    yield service
    service.close()


def ask(service, **changed):
    """The answer to a handshake in which some parameters are others, or missing if None."""
    params = RIGHT | {f"hub.{name}": value for name, value in changed.items()}
    with Client(service) as client:
        return client.get("/webhooks/instagram", params=params)


@pytest.mark.parametrize("challenge", ["1158201444", "0", "x" * 256, "a b+c&d=e%20", "\u00e9"])
def test_the_challenge_is_answered_as_it_came(service, challenge):
    answer = ask(service, challenge=challenge)
    assert (answer.status_code, answer.content) == (200, challenge.encode())


def test_it_is_never_taken_for_a_page(service):
    answer = ask(service, challenge="<script>alert(1)</script>")
    assert answer.text == "<script>alert(1)</script>"
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_parameters_that_meta_may_add_are_ignored(service):
    assert ask(service, something_new="1", later=["2", "3"]).status_code == 200


@pytest.mark.parametrize("token", [
    None, "", "wrong", VERIFY_TOKEN[:-1], VERIFY_TOKEN + " ", VERIFY_TOKEN.upper(), APP_SECRET])
def test_with_another_token_it_is_forbidden(service, token):
    answer = ask(service, verify_token=token)
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")
    assert "1158201444" not in answer.text and VERIFY_TOKEN not in answer.text


@pytest.mark.parametrize("changed", [
    {"challenge": None}, {"challenge": ""}, {"challenge": "x" * 257}, {"challenge": ["1", "2"]},
    {"mode": None}, {"mode": ""}, {"mode": "unsubscribe"}, {"mode": "SUBSCRIBE"},
    {"verify_token": [VERIFY_TOKEN, VERIFY_TOKEN]},
])
def test_what_is_no_handshake_is_refused(service, changed):
    answer = ask(service, **changed)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems/invalid_query")
    assert VERIFY_TOKEN not in answer.text


@pytest.mark.parametrize("token", [None, "", "anything", VERIFY_TOKEN])
def test_without_a_token_of_its_own_a_service_forbids_all(redis, token):
    service = Service(redis.url, environment={"HEADCOUNT_INSTAGRAM_APP_SECRETS": APP_SECRET})
    try:
        answer = ask(service, verify_token=token)
        assert answer.status_code == 403
        assert "HEADCOUNT_INSTAGRAM_VERIFY_TOKEN" in answer.json()["detail"]
    finally:
        service.close()


def test_it_needs_no_redis():
    """Meta asks at once, and only once."""
    service = Service("redis://127.0.0.1:1", environment=ENVIRONMENT | {"HEADCOUNT_TIMEOUT": "1"})
    try:
        assert ask(service).text == "1158201444"
    finally:
        service.close()
