"""What the tests of identities share: a service that may erase, and where in Redis's raw data somebody still stands."""

import base64
import itertools

import pytest

from service import Client, Service

_numbers = itertools.count(1)
WITH_KEY = {"HEADCOUNT_TOMBSTONE_KEY": "sixteen bytes or more"}


@pytest.fixture(scope="module")
def keyed(redis):
    """A service with a tombstone key, beside `service`, which has none."""
    keyed = Service(redis.url, environment=WITH_KEY)
    yield keyed
    keyed.close()


@pytest.fixture
def eraser(keyed, admin_key):
    """Calls that service with the admin key."""
    with Client(keyed, admin_key) as client:
        yield client


@pytest.fixture
def annabel():
    """Somebody whose name is in no other test's data."""
    return f"annabel.{next(_numbers)}."


def erase(client, account, contact):
    """What erasing somebody found."""
    answer = client.delete(f"/v1/accounts/{account}/contacts/{contact}")
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert document.pop("account") == account
    return document


def raw(redis, pattern="*"):
    """Each key's data as Redis would write it to disk, uncompressed."""
    redis.cli("CONFIG", "SET", "rdbcompression", "no")
    data = {}
    for master in redis.masters:
        for key in master.cli("KEYS", pattern).splitlines():
            data[key] = master.ask("DUMP", key).stdout
    return data


def traces(redis, contact, pattern="*"):
    """The keys in whose name or data somebody stands: as text, in base64 as in tokens, or as an integer."""
    ways = [contact.encode(), base64.urlsafe_b64encode(contact.encode()).rstrip(b"=")]
    ways += [int(contact).to_bytes(8, "little")] if contact.isdigit() else []
    return sorted(
        key for key, data in raw(redis, pattern).items() if contact in key or any(way in data for way in ways))
