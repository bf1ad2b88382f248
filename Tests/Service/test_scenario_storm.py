"""50,000 events storm in, while services and workers are killed and Redis is: each trigger runs once, and the limit is exact."""

import collections
import concurrent.futures
import random
import threading
import time

import pytest
import requests

from action_server import ActionServer, Answer
from campaigns import set_plan, usage
from crew import Crew
from service import Redis, Service, eventually
from webhooks import ENVIRONMENT, add_scenario, body, comment, dead_letters, entry, link, message, scenario, signature

CONTACTS = 20_000
LIMIT = 15_000
EVENTS_A_WEBHOOK = 20
WORKERS = 3
CONCURRENCY = 16
ACCOUNT = "acct_1"
INSTAGRAM = "17841400000000042"


def events():
    """A comment of each contact, which triggers, delivered twice; and messages, which don't. In any order."""
    comments = [comment(f"contact-{number}", f"comment-{number}", "what PRICE?") for number in range(CONTACTS)]
    messages = [message(f"contact-{number}", f"mid-{number}") for number in range(CONTACTS // 2)]
    found = comments + comments + messages
    random.Random(6).shuffle(found)
    return found


def webhooks():
    found = events()
    for start in range(0, len(found), EVENTS_A_WEBHOOK):
        part = found[start:start + EVENTS_A_WEBHOOK]
        yield body(entry(INSTAGRAM, messaging=[each for each in part if "message" in each],
                         changes=[each for each in part if "field" in each]))


class Front:
    """Two services that are killed and replaced, and senders that deliver as Meta does: again, until it is taken."""

    def __init__(self, redis):
        self.redis = redis
        self.services = [self._start(), self._start()]
        self.killed = []
        self.delivered = 0
        self.failures = collections.Counter()
        self._lock = threading.Lock()
        self._local = threading.local()

    def _start(self):
        return Service(self.redis.url, environment=ENVIRONMENT | {"HEADCOUNT_TIMEOUT": "1"})

    def kill_one(self):
        service = self.services[0]
        service.kill()
        self.killed.append(service)
        self.services[0] = self._start()
        self.services.reverse()

    def deliver(self, raw):
        session = self._local.__dict__.setdefault("session", requests.Session())
        headers = {"X-Hub-Signature-256": signature(raw)}
        while True:
            url = random.choice(self.services).url
            try:
                status = session.post(url + "/webhooks/instagram", data=raw, headers=headers, timeout=30).status_code
            except requests.RequestException:
                status = None
            with self._lock:
                if status == 200:
                    self.delivered += 1
                    return
                self.failures[status] += 1
            time.sleep(0.1)

    def close(self):
        for service in self.services + self.killed:
            service.close()


@pytest.fixture(scope="module")
def server():
    server = ActionServer(lambda request: Answer(200, after=0.01))
    yield server
    server.close()


@pytest.fixture(scope="module")
def redis():
    redis = Redis("--appendfsync", "always")
    yield redis
    redis.close()


@pytest.fixture(scope="module")
def crew(redis):
    crew = Crew(redis, CONCURRENCY)
    yield crew
    crew.close()


@pytest.fixture(scope="module")
def front(redis):
    front = Front(redis)
    yield front
    front.close()


@pytest.fixture(scope="module", autouse=True)
def storm(redis, front, crew, server):
    """All of it, until what the limit lets through was sent."""
    set_plan(redis, ACCOUNT, limit=LIMIT)
    link(redis, ACCOUNT, INSTAGRAM)
    add_scenario(redis, ACCOUNT, server.url, "--keyword", "price")
    for _ in range(WORKERS):
        crew.hire()
    beginning = time.monotonic()
    bodies = list(webhooks())
    with concurrent.futures.ThreadPoolExecutor(8) as senders:
        sent = [senders.submit(front.deliver, raw) for raw in bodies]
        for part, kill in ((0.2, front.kill_one), (0.4, redis.kill), (0.7, front.kill_one)):
            while front.delivered < part * len(bodies):
                time.sleep(0.5)
                crew.kill_one()
                assert time.monotonic() - beginning < 180
            kill()
            if kill == redis.kill:
                assert eventually(lambda: front.failures[503] > 0)
                crew.kill_one()
                redis.start()
    for each in sent:
        each.result()
    for _ in range(5):
        time.sleep(1)
        crew.kill_one()
    assert eventually(lambda: usage(redis, ACCOUNT)["used"] == LIMIT, within=120)
    # Whom the limit refuses is parked one after the other, too.
    assert eventually(lambda: is_at_rest(scenario(redis, ACCOUNT)), within=60)
    numbers = scenario(redis, ACCOUNT)
    print(f"{len(bodies) * EVENTS_A_WEBHOOK} events, {time.monotonic() - beginning:.1f} s, {len(crew.killed)} workers "
          f"and {len(front.killed)} services killed, deliveries that failed: {dict(front.failures)}, {numbers}")


def is_at_rest(numbers):
    return numbers["sending"] == 0 and numbers["parked"] == numbers["active"]


def test_each_trigger_started_one_run(redis, front):
    numbers = scenario(redis, ACCOUNT)
    assert numbers["started"] == CONTACTS
    assert sum(numbers[end] for end in ("active", "finished", "unknown")) == CONTACTS, "nothing else happened to any"


def test_nobody_was_called_twice(server):
    called = collections.Counter(server.contacts)
    assert {who: number for who, number in called.items() if number > 1} == {}


def test_the_limit_was_exact(redis):
    numbers, found = scenario(redis, ACCOUNT), usage(redis, ACCOUNT)
    assert numbers["finished"] == numbers["newlyCounted"] == found["used"] == LIMIT
    assert numbers["parked"] == numbers["active"] == CONTACTS - LIMIT - numbers["unknown"]
    assert found["held"] == 0, "the slots of those who died are free again"


def test_unknown_are_those_that_a_worker_had_when_it_was_killed(redis, crew, server):
    letters = dead_letters(redis, ACCOUNT)
    assert 0 < len(letters) == scenario(redis, ACCOUNT)["unknown"] <= len(crew.killed) * CONCURRENCY
    assert {(letter["outcome"], letter["reason"]) for letter in letters} == {("unknown", "worker died")}
    requests_of = {request.contact: request for request in list(server.requests)}
    had = [crew.killed_signer_of(requests_of[letter["contact"]]) for letter in letters if letter["contact"] in requests_of]
    assert None not in had, "it does not happen to one that lives"


def test_after_an_upgrade_all_others_go_on(redis, server):
    set_plan(redis, ACCOUNT, limit=CONTACTS)
    unknown = scenario(redis, ACCOUNT)["unknown"]
    assert eventually(lambda: scenario(redis, ACCOUNT)["active"] == 0, within=60)
    assert scenario(redis, ACCOUNT)["finished"] == usage(redis, ACCOUNT)["used"] == CONTACTS - unknown
    assert max(collections.Counter(server.contacts).values()) == 1
