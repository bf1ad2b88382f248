"""R12, erasing: the count stays, the identity is gone from all of Redis, and who comes back is not counted twice."""

import json
import os
import pty
import subprocess
import urllib.parse

import pytest

from identities import WITH_KEY, annabel, eraser, keyed, traces
from reservations import ask, limit, reserve, settle, standing, usage
from service import HEADCOUNT, Client, Service, clean_environment, eventually, make_key, run

NOBODY = {"erased": False, "periods": [], "campaigns": []}


def erase(client, account, contact):
    answer = client.delete(f"/v1/accounts/{account}/contacts/{contact}")
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert document.pop("account") == account
    return document


@pytest.mark.parametrize("contact", ["annabel", "17841400008460056", "zoë/1 +%41"])
def test_the_count_stays_and_the_identity_is_gone(redis, eraser, account, contact):
    limit(eraser, account, 2)
    for each in (contact, "17841400008460057"):
        assert eraser.activate(account, each).json()["verdict"] == "activated"
    period = usage(eraser, account)["period"]
    assert traces(redis, contact) == [f"hc:{{{account}}}:{period}"]
    path = urllib.parse.quote(contact, safe="")
    answer = eraser.delete(f"/v1/accounts/{account}/contacts/{path}")
    assert answer.json() == {"account": account, "erased": True, "periods": [period], "campaigns": []}
    assert contact not in answer.text, "nor does the answer have it"
    assert traces(redis, contact) == []
    assert redis.cli("SISMEMBER", f"hc:{{{account}}}:{period}", "17841400008460057") == "1"
    assert standing(eraser, account) == (2, 0)
    assert redis.cli("SCARD", f"hc:{{{account}}}:{period}") == "2"
    assert int(redis.cli("TTL", f"hc:{{{account}}}:{period}")) > 0

    assert eraser.activate(account, contact).json()["verdict"] == "already_activated", "they come back"
    assert ask(eraser, account, contact).json()["verdict"] == "already_activated"
    assert eraser.activate(account, "somebody else").json()["verdict"] == "limit_reached"
    assert standing(eraser, account) == (2, 0)
    assert traces(redis, contact) == []
    assert erase(eraser, account, path) == NOBODY


def test_who_was_erased_is_in_no_list_and_nothing_stands_there_instead(redis, service, eraser, account, annabel):
    eraser.activate(account, annabel)
    eraser.activate(account, "bob")
    erase(eraser, account, annabel)
    assert eraser.get(f"/v1/accounts/{account}/contacts").json()["contacts"] == ["bob"]
    assert run("contacts", "list", account, redis=redis).stdout == "bob\n"
    assert usage(eraser, account)["used"] == 2
    assert eraser.get(f"/v1/accounts/{account}/history").json()["periods"][0]["used"] == 2


def test_many_in_one_command_stay_counted(redis, eraser, account):
    contacts = [f"person-{number}" for number in range(40)]
    limit(eraser, account, len(contacts))
    body = {"contacts": contacts, "by": "campaign:x"}
    assert eraser.post(f"/v1/accounts/{account}/activations", json=body).json()["activated"] == len(contacts)
    done = run("contacts", "erase", account, *contacts, "--yes", redis=redis, environment=WITH_KEY)
    assert done.stdout == "".join(f"{contact}\terased\n" for contact in contacts)
    answer = eraser.post(f"/v1/accounts/{account}/activations", json=body).json()
    assert (answer["alreadyActivated"], answer["used"]) == (len(contacts), len(contacts))
    assert traces(redis, "person-") == []


def test_earlier_periods_forget_too(redis, eraser, account, annabel):
    eraser.activate(account, annabel)
    period = usage(eraser, account)["period"]
    year, month = map(int, period.split("-"))
    before = f"{year - (month == 1)}-{(month - 2) % 12 + 1:02}"
    redis.cli("SADD", f"hc:{{{account}}}:{before}", annabel, "bob")
    assert erase(eraser, account, annabel) == {"erased": True, "periods": [period, before], "campaigns": []}
    assert traces(redis, annabel) == []
    assert redis.cli("SCARD", f"hc:{{{account}}}:{before}") == "2"
    redis.cli("SADD", f"hc:{{{account}}}:{before}", "cleo")
    assert erase(eraser, account, "cleo")["periods"] == [before], "of somebody who came no more"


def test_a_contact_that_is_held_can_be_confirmed_after_it_was_erased(redis, eraser, account, annabel):
    limit(eraser, account, 1)
    token = reserve(eraser, account, annabel)["token"]
    assert erase(eraser, account, annabel)["erased"] is True
    assert traces(redis, annabel) == []
    assert standing(eraser, account) == (0, 1)
    assert settle(eraser, account, "confirm", token) == "activated"
    assert standing(eraser, account) == (1, 0)
    assert eraser.activate(account, annabel).json()["verdict"] == "already_activated"
    assert traces(redis, annabel) == []


def test_a_contact_that_is_held_can_be_released_after_it_was_erased(eraser, account, annabel):
    token = reserve(eraser, account, annabel)["token"]
    erase(eraser, account, annabel)
    assert settle(eraser, account, "release", token) == "released"
    assert standing(eraser, account) == (0, 0)


def test_who_is_held_is_erased_and_comes_back_counts_once(eraser, account, annabel):
    token = reserve(eraser, account, annabel)["token"]
    erase(eraser, account, annabel)
    eraser.activate(account, annabel)
    settle(eraser, account, "confirm", token)
    assert standing(eraser, account) == (1, 0)


def test_who_is_held_is_erased_and_is_held_again_takes_one_slot(eraser, account, annabel):
    first = reserve(eraser, account, annabel)["token"]
    erase(eraser, account, annabel)
    second = reserve(eraser, account, annabel)["token"]
    assert standing(eraser, account) == (0, 1)
    settle(eraser, account, "confirm", [first, second])
    assert standing(eraser, account) == (1, 0)


def test_who_was_refused_left_no_trace_to_erase(redis, eraser, account, annabel):
    limit(eraser, account, 0)
    assert eraser.activate(account, annabel).json()["verdict"] == "limit_reached"
    assert traces(redis, annabel) == []
    assert erase(eraser, account, annabel) == NOBODY
    assert usage(eraser, account)["refusedContacts"] == 1


def test_both_names_of_who_was_merged_are_gone(redis, eraser, account, annabel):
    for contact in (annabel + "@example.com", annabel):
        eraser.activate(account, contact)
    body = {"from": annabel + "@example.com", "into": annabel}
    assert eraser.post(f"/v1/accounts/{account}/contacts/merge", json=body).status_code == 200
    assert erase(eraser, account, annabel)["erased"] is True
    assert traces(redis, annabel) == []
    for contact in body.values():
        assert eraser.activate(account, contact).json()["verdict"] == "already_activated"
    assert standing(eraser, account) == (2, 0)


def test_the_other_name_of_who_was_merged_can_be_erased_alone(redis, eraser, account, annabel):
    eraser.activate(account, "old-name")
    eraser.post(f"/v1/accounts/{account}/contacts/merge", json={"from": "old-name", "into": annabel})
    assert erase(eraser, account, "old-name")["erased"] is True
    assert traces(redis, "old-name") == []
    assert eraser.get(f"/v1/accounts/{account}/contacts").json()["contacts"] == [annabel]
    for contact in ("old-name", annabel):
        assert eraser.activate(account, contact).json()["verdict"] == "already_activated"
    assert standing(eraser, account) == (1, 0)


def test_somebody_called_merge(redis, eraser, account):
    eraser.activate(account, "merge")
    path = f"/v1/accounts/{account}/contacts/merge"
    assert eraser.get(path).json()["activated"] is True
    assert erase(eraser, account, "merge")["erased"] is True
    assert traces(redis, "merge", f"*{{{account}}}:2*") == []
    assert (standing(eraser, account), erase(eraser, account, "merge")) == ((1, 0), NOBODY)


# Campaigns


def campaign(client, account, action, contacts):
    body = {"id": "spring", "action": action, "contacts": contacts}
    answer = client.post(f"/v1/accounts/{account}/campaigns", json=body)
    assert answer.status_code == 201, answer.text


def report(client, account):
    lines = client.get(f"/v1/accounts/{account}/campaigns/spring/report").text.splitlines()
    return sorted((str(line["contact"]), line["outcome"]) for line in map(json.loads, lines))


def test_a_campaign_does_not_reach_who_was_erased(redis, eraser, account, annabel, action, start_worker):
    send = action()
    campaign(eraser, account, send.url, [annabel, "bob", "cleo"])
    assert erase(eraser, account, annabel) == {"erased": True, "periods": [], "campaigns": ["spring"]}
    assert report(eraser, account) == [("None", "skipped"), ("bob", "waiting"), ("cleo", "waiting")]
    start_worker()
    assert eventually(lambda: state(eraser, account) == "finished")
    assert sorted(send.contacts) == ["bob", "cleo"]
    assert report(eraser, account) == [("None", "skipped"), ("bob", "sent"), ("cleo", "sent")]
    assert erase(eraser, account, "bob")["campaigns"] == ["spring"]
    assert report(eraser, account) == [("None", "sent"), ("None", "skipped"), ("cleo", "sent")]
    assert traces(redis, annabel) == traces(redis, "bob", f"*{{{account}}}*") == []


def state(client, account):
    return client.get(f"/v1/accounts/{account}/campaigns/spring").json()["state"]


def test_nothing_of_who_was_erased_is_left_in_the_queue_of_a_campaign(redis, eraser, account, annabel):
    campaign(eraser, account, "http://127.0.0.1:9/", [annabel, "bob", "cleo"])
    assert eraser.post(f"/v1/accounts/{account}/campaigns/spring/pause").status_code == 200
    erase(eraser, account, annabel)
    assert traces(redis, annabel) == []


# The key


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
    for command in (["activate", account, "--by", "campaign:x", "bob"], ["reserve", account, "--by", "campaign:x", "bob"]):
        done = run(*command, redis=redis, environment=environment, check=False)
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
        "contact": "cleo", "erased": True, "periods": 1, "campaigns": []}
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
        process = subprocess.Popen(
            [HEADCOUNT, "contacts", "erase", account, annabel, "--redis", redis.url], stdin=theirs, stderr=theirs,
            stdout=subprocess.DEVNULL, env=clean_environment(WITH_KEY))
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
