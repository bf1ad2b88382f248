"""R12, erasing: the key that it takes, who may do it, and the command that asks first."""

import json
import os
import pty
import subprocess

import pytest

from identities import WITH_KEY, annabel, erase, eraser, keyed
from reservations import ask, limit, usage
from service import HEADCOUNT, Client, Service, clean_environment, make_key, run


def test_without_a_key_erasing_is_refused_and_says_why(redis, client, account, annabel):
    client.activate(account, annabel)
    answer = client.delete(f"/v1/accounts/{account}/contacts/{annabel}")
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not_configured")
    assert "HEADCOUNT_TOMBSTONE_KEY" in answer.json()["detail"]
    done = run("contacts", "erase", account, annabel, "--yes", redis=redis, check=False)
    assert (done.returncode, done.stdout) == (64, "")
    assert "HEADCOUNT_TOMBSTONE_KEY" in done.stderr
    assert client.get(f"/v1/accounts/{account}/contacts/{annabel}").json()["activated"] is True
    assert client.activate(account, "bob").json()["verdict"] == "activated", "and all else goes on"


@pytest.mark.parametrize("environment", [{}, {"HEADCOUNT_TOMBSTONE_KEY": "another key, also long enough"}])
def test_a_process_without_the_right_key_says_so_instead_of_counting_twice(
        redis, admin_key, eraser, account, environment, annabel):
    limit(eraser, account, 1)
    eraser.activate(account, annabel)
    erase(eraser, account, annabel)
    # It knows nothing of the account yet, and could take her for somebody new.
    stranger = Service(redis.url, environment=environment)
    try:
        with Client(stranger, admin_key) as client:
            for answer in [
                client.activate(account, annabel), client.activate(account, annabel), ask(client, account, "bob"),
                client.post(f"/v1/accounts/{account}/activations", json={"contacts": ["bob"], "by": "campaign:x"}),
            ]:
                assert (answer.status_code, answer.json()["type"]) == (409, "/problems/not_configured")
                assert "HEADCOUNT_TOMBSTONE_KEY" in answer.json()["detail"] and account in answer.json()["detail"]
                assert "limit_reached" not in answer.text and annabel not in answer.text
            assert usage(client, account)["used"] == 1, "what needs no key is answered"
            assert client.activate(account + "-other", annabel).json()["verdict"] == "activated"
    finally:
        stranger.close()
    for command in ("activate", "reserve"):
        done = run(command, account, "--by", "campaign:x", "bob", redis=redis, environment=environment, check=False)
        assert (done.returncode, done.stdout) == (64, "")
        assert "HEADCOUNT_TOMBSTONE_KEY" in done.stderr
    done = run("contacts", "erase", account, "bob", "--yes", redis=redis, environment=environment, check=False)
    assert (done.returncode, done.stdout) == (64, "")
    assert "HEADCOUNT_TOMBSTONE_KEY" in done.stderr
    assert eraser.activate(account, "bob").json()["verdict"] == "limit_reached"


@pytest.mark.parametrize("command", [["serve", "--check-config"], ["worker", "--check-config"], ["usage", "acct_1"]])
def test_a_key_that_is_too_short(redis, command):
    key = "fifteen bytes.."
    done = run(*command, redis=redis, environment={"HEADCOUNT_TOMBSTONE_KEY": key}, check=False)
    assert (done.returncode, done.stdout) == (64, "")
    assert "tombstone" in done.stderr and "16 bytes" in done.stderr and key not in done.stderr
    done = run(*command, redis=redis, environment={"HEADCOUNT_TOMBSTONE_KEY": key + "."}, check=False)
    assert done.returncode == 0, done.stderr


def test_only_admin_keys_erase(redis, keyed, eraser, account, annabel):
    eraser.activate(account, annabel)
    for key in [
        make_key(redis, "read"), make_key(redis, "activate"), make_key(redis, "admin", account="acct_elsewhere"),
    ]:
        with Client(keyed, key) as stranger:
            assert stranger.delete(f"/v1/accounts/{account}/contacts/{annabel}").status_code == 403
    assert eraser.get(f"/v1/accounts/{account}/contacts/{annabel}").json()["activated"] is True


# The command


def test_the_command_says_what_it_found(redis, account, annabel):
    run("activate", account, "--by", "campaign:x", annabel, redis=redis)
    done = run("contacts", "erase", account, annabel, "bob", "--yes", redis=redis, environment=WITH_KEY)
    assert (done.stdout, done.stderr) == (f"{annabel}\terased\nbob\tnot_found\n", "")
    run("activate", account, "--by", "campaign:x", "cleo", redis=redis, environment=WITH_KEY)
    done = run("contacts", "erase", account, "cleo", "--yes", "--json", redis=redis, environment=WITH_KEY)
    document = json.loads(done.stdout)
    assert document | {"periods": len(document["periods"])} == {
        "contact": "cleo", "erased": True, "periods": 1, "campaigns": [], "scenarios": []}
    assert json.loads(run("usage", account, "--json", redis=redis).stdout)["used"] == 2


def test_without_a_terminal_it_wants_to_be_told_yes(redis, account, annabel):
    run("activate", account, "--by", "campaign:x", annabel, redis=redis)
    for answer in ("", "y\n"):
        done = run("contacts", "erase", account, annabel, redis=redis, environment=WITH_KEY, check=False, input=answer)
        assert (done.returncode, done.stdout) == (64, "")
        assert "--yes" in done.stderr
    assert run("contacts", "check", account, annabel, redis=redis).stdout == f"{annabel}\tactivated\n"


@pytest.mark.parametrize("answer, status, left", [
    ("n\n", 1, "activated"), ("\n", 1, "activated"), ("\x04", 1, "activated"), ("y\n", 0, "not_activated"),
    ("YES\n", 0, "not_activated"),
])
def test_on_a_terminal_it_asks(redis, account, answer, status, left, annabel):
    run("activate", account, "--by", "campaign:x", annabel, redis=redis)
    ours, theirs = pty.openpty()
    try:
        command = [HEADCOUNT, "contacts", "erase", account, annabel, "--redis", redis.url]
        process = subprocess.Popen(
            command, stdin=theirs, stderr=theirs, stdout=subprocess.DEVNULL, env=clean_environment(WITH_KEY, command))
        asked = b""
        while b"(y/N)" not in asked:
            asked += os.read(ours, 1_000)
        assert annabel.encode() in asked and account.encode() in asked
        os.write(ours, answer.encode())
        assert process.wait(20) == status
    finally:
        os.close(ours)
        os.close(theirs)
    assert run("contacts", "check", account, annabel, redis=redis).stdout == f"{annabel}\t{left}\n"
