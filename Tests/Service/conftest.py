"""Fixtures: a Redis, a service and an admin key that the tests of a file share. They use accounts of their own."""

import itertools

import pytest

from service import Client, Redis, Service, make_key

_numbers = itertools.count(1)


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
