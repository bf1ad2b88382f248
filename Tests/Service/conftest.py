"""Fixtures: a Redis, a service and an admin key that the tests of a file share. They use accounts of their own.

For the dashboard, a browser that all files share, and the people who look at it.
"""

import itertools
import subprocess

import pytest

from action_server import ActionServer
from browser import Chromium
from certificates import make_certificate
from redis_servers import KIND, KINDS
from service import Client, Redis, Service, make_key
from worker import Worker

# What these assert is explained as in a test.
pytest.register_assert_rewrite("campaigns", "hostile", "identities", "metrics", "notices", "reservations", "webhooks")

_numbers = itertools.count(1)


def pytest_configure(config):
    config.addinivalue_line("markers", "kinds(*kinds, reason): for these kinds of Redis only, and why")


def pytest_report_header():
    return f"redis: {KIND}, {KINDS[KIND].description} (HEADCOUNT_TEST_REDIS={'|'.join(KINDS)})"


def pytest_runtest_setup(item):
    for marker in item.iter_markers("kinds"):
        if KIND not in marker.args:
            pytest.skip(f"on {KIND}: {marker.kwargs['reason']}")


@pytest.fixture(scope="module")
def redis():
    redis = Redis()
    yield redis
    redis.close()


@pytest.fixture(scope="module")
def service(redis):
    service = Service(redis.url, "--metrics")
    yield service
    service.close()


@pytest.fixture(scope="module")
def admin_key(redis):
    return make_key(redis)


@pytest.fixture
def client(service, admin_key):
    """Calls the service with the admin key."""
    with Client(service, admin_key) as client:
        yield client


@pytest.fixture
def account():
    """An account that no other test uses."""
    return f"acct_{next(_numbers)}"


@pytest.fixture
def fresh():
    """Makes a Redis and a service of a test's own."""
    made = []

    def make(*arguments):
        redis = Redis()
        made.append(redis)
        service = Service(redis.url, "--metrics", *arguments)
        made.append(service)
        return redis, service

    yield make
    for each in reversed(made):
        each.close()


@pytest.fixture
def action():
    """Makes URLs for campaigns and notices to call."""
    made = []

    def make(*arguments, **options):
        made.append(ActionServer(*arguments, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def start_worker(redis):
    """Makes workers, at the file's own Redis unless told otherwise."""
    made = []

    def make(*arguments, at=redis, **options):
        made.append(Worker(at, *arguments, **options))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A certificate for loopback that signs itself, its key, and a key that belongs to neither."""
    directory = tmp_path_factory.mktemp("tls")
    make_certificate(directory, "DNS:localhost,IP:127.0.0.1")
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-out", directory / "other.pem"], check=True, capture_output=True)
    return directory


@pytest.fixture(scope="session")
def chromium():
    chromium = Chromium()
    yield chromium
    chromium.close()


@pytest.fixture
def somebody(chromium, service):
    """Makes people who look at a service, at the file's own unless told otherwise."""
    people = []

    def make(at=service, **options):
        people.append(chromium.person(at, **options))
        return people[-1]

    yield make
    complaints = [complaint for person in people for complaint in person.complaints]
    for person in people:
        person.close()
    assert not complaints


@pytest.fixture
def page(somebody, admin_key):
    """A page of somebody who is signed in with an admin key."""
    return somebody().sign_in(admin_key)
