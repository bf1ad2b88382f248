"""`headcount api-key`: keys are made, listed and revoked, and what is stored of them."""

import hashlib
import json
import pathlib
import re
import time

import pytest

from keys import KEY, api_key, parts
from service import Redis, make_key


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
        directories = [pathlib.Path(server.directory) for server in redis.masters]
        redis.stop()
        files = (file for directory in directories for file in directory.rglob("*"))
        written = b"".join(file.read_bytes() for file in files if file.is_file())
        assert id.encode() in written
        assert secret.encode() not in written, "nor does it stand in Redis's files"
    finally:
        redis.close()
