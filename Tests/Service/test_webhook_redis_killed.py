"""What was answered 200 is there although Redis was killed in the middle, with `appendfsync always`."""

import concurrent.futures

import pytest

from service import Client, Redis, Service, eventually
from webhooks import ENVIRONMENT, add_scenario, body, comment, deliver, entry, link, runs

EVENTS = 3_000


@pytest.fixture
def redis():
    redis = Redis("--appendfsync", "always")
    yield redis
    redis.close()


@pytest.fixture
def service(redis):
    service = Service(redis.url, environment=ENVIRONMENT | {"HEADCOUNT_TIMEOUT": "1"})
    yield service
    service.close()


def test_nothing_that_was_acknowledged_is_lost(redis, service, account):
    link(redis, account, "178414")
    add_scenario(redis, account, "http://127.0.0.1:1/")
    acknowledged, refused = set(), []

    def send(number):
        contact = f"contact-{number}"
        with Client(service) as client:
            answer = deliver(client, body(entry("178414", changes=[comment(contact, f"comment-{number}")])))
        if answer.status_code == 200:
            acknowledged.add(contact)
        else:
            refused.append(answer)

    with concurrent.futures.ThreadPoolExecutor(16) as senders:
        sent = [senders.submit(send, number) for number in range(EVENTS)]
        assert eventually(lambda: len(acknowledged) > EVENTS / 3)
        redis.kill()
        assert eventually(lambda: refused)
        redis.start()
    for each in sent:
        each.result()
    assert {answer.status_code for answer in refused} == {503}
    assert all("Retry-After" in answer.headers for answer in refused)
    found = runs(redis, account, "--newest", EVENTS)
    assert len({run["contact"] for run in found}) == len(found), "one run each"
    # Of those that were refused, some had been taken: a reply was lost.
    assert acknowledged <= {run["contact"] for run in found}
