"""What the service logs, as JSON and as text, and what no log may hold."""

import json
import re

from service import Client, Service, make_key


def requests_of(service, redis):
    """Some that succeed and some that fail, with a contact and a query that no log may hold."""
    with Client(service, make_key(redis)) as client:
        ids = []
        for answer in (
            client.activate("acct_log", "contact-4711"),
            client.get("/v1/accounts/acct_log/contacts/contact-4711?period=2026-11"),
            client.get("/v1/accounts/acct_log/contacts/contact-4711%0A?period=2026-11"),
            client.get("/v1/accounts/acct_log/usage?contact-4711=1"),
            client.post("/v1/accounts/acct_log/activations", json={"contact": "contact-4711\n", "by": "campaign:spring"}),
            client.get("/nothing/contact-4711"),
        ):
            ids.append(answer.headers["X-Request-Id"])
        return ids


def test_a_log_of_one_json_object_a_line(redis):
    service = Service(redis.url, "--log-level", "info", "--log-format", "json")
    try:
        ids = requests_of(service, redis)
        assert service.terminate() == 0
        lines = [json.loads(line) for line in service.log.splitlines()]
        assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
        answered = {line["requestId"]: line for line in lines if line["message"] == "request"}
        assert list(answered) == ids, "a line for each request, in order"
        assert [(line["method"], line["route"], line["status"]) for line in answered.values()] == [
            ("POST", "/v1/accounts/{account}/activations", "200"),
            ("GET", "/v1/accounts/{account}/contacts/{contact}", "200"),
            ("GET", "/v1/accounts/{account}/contacts/{contact}", "422"),
            ("GET", "/v1/accounts/{account}/usage", "400"),
            ("POST", "/v1/accounts/{account}/activations", "422"),
            ("GET", "none", "404")]
        assert "4711" not in service.log and "2026-11?" not in service.log and "period=" not in service.log
    finally:
        service.close()


def test_a_log_of_text(redis):
    service = Service(redis.url, "--log-level", "info")
    try:
        ids = requests_of(service, redis)
        assert service.terminate() == 0
        for id in ids:
            assert re.search(rf"^\S+ info .*requestId={id} ", service.log, re.MULTILINE)
        assert "4711" not in service.log and "period=" not in service.log
    finally:
        service.close()


def test_at_its_default_level_it_is_quiet(redis):
    service = Service(redis.url)
    try:
        requests_of(service, redis)
        assert service.terminate() == 0
        assert not [line for line in service.log.splitlines() if " info " in line or "request" in line]
    finally:
        service.close()
