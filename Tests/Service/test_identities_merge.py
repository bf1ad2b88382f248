"""R12, merging: two identities of one person become one, and nothing is given back."""

import json

import pytest

from reservations import limit, reserve, settle, standing
from service import Client, make_key, run


def merge(client, account, source, into):
    answer = client.post(f"/v1/accounts/{account}/contacts/merge", json={"from": source, "into": into})
    assert answer.status_code == 200, answer.text
    document = answer.json()
    assert (document["account"], document["from"], document["into"]) == (account, source, into)
    return document["fromWasCounted"], document["intoWasCounted"]


def listed(client, account):
    return sorted(client.get(f"/v1/accounts/{account}/contacts").json()["contacts"])


@pytest.mark.parametrize("counted, used", [
    ((), 0), (("old",), 1), (("new",), 1), (("old", "new"), 2),
])
def test_what_was_counted_stays_counted_and_both_names_are_one(redis, client, account, counted, used):
    limit(client, account, max(used, 1))
    for contact in counted:
        client.activate(account, contact)
    assert merge(client, account, "old", "new") == ("old" in counted, "new" in counted)
    assert standing(client, account) == (used, 0)
    assert listed(client, account) == (["new"] if counted else [])
    verdicts = [client.activate(account, contact).json()["verdict"] for contact in ("old", "new", "old")]
    assert verdicts == ["already_activated" if counted else "activated"] + ["already_activated"] * 2
    assert standing(client, account) == (max(used, 1), 0)
    assert listed(client, account) == ["new"]
    assert client.activate(account, "somebody else").json()["verdict"] == "limit_reached", "nothing was given back"
    assert merge(client, account, "old", "new") == (True, True), "merging twice changes nothing"
    assert standing(client, account) == (max(used, 1), 0)
    keys = [key for key in redis.cli("KEYS", f"*{{{account}}}:2*").splitlines()]
    assert keys and all(int(redis.cli("TTL", key)) > 0 for key in keys)


def test_both_names_in_one_call_are_one_person(client, account):
    merge(client, account, "old", "new")
    body = {"contacts": ["old", "new", "bob", "old"], "by": "campaign:x"}
    results = client.post(f"/v1/accounts/{account}/activations", json=body).json()["results"]
    assert [(result["contact"], result["verdict"]) for result in results] == [
        ("old", "activated"), ("new", "already_activated"), ("bob", "activated"), ("old", "already_activated")]


def test_what_is_held_for_one_is_held_for_the_other(client, account):
    limit(client, account, 1)
    token = reserve(client, account, "old")["token"]
    merge(client, account, "old", "new")
    assert standing(client, account) == (0, 1)
    assert reserve(client, account, "new")["verdict"] == "reserved", "it has the slot"
    assert settle(client, account, "confirm", token) == "activated"
    assert standing(client, account) == (1, 0)
    assert listed(client, account) == ["new"]


def test_two_that_are_held_hold_one_slot(client, account):
    limit(client, account, 2)
    old, new = (reserve(client, account, contact)["token"] for contact in ("old", "new"))
    assert reserve(client, account, "bob")["verdict"] == "limit_reached"
    merge(client, account, "old", "new")
    assert standing(client, account) == (0, 1)
    assert reserve(client, account, "bob")["verdict"] == "reserved"
    assert settle(client, account, "release", old) == "released"
    assert standing(client, account) == (0, 2), "the other one still holds it"
    assert settle(client, account, "confirm", [new, old]) == ["activated", "already_activated"]
    assert standing(client, account) == (1, 1)


def test_a_slot_of_who_turns_out_to_be_counted_is_free(client, account):
    client.activate(account, "new")
    token = reserve(client, account, "old")["token"]
    assert merge(client, account, "old", "new") == (False, True)
    assert standing(client, account) == (1, 0)
    assert settle(client, account, "confirm", token) == "already_activated"
    assert standing(client, account) == (1, 0)


def test_one_after_another_and_in_a_circle(client, account):
    client.activate(account, "a")
    for source, into in [("a", "b"), ("b", "c"), ("c", "a"), ("d", "a")]:
        merge(client, account, source, into)
    for contact in "abcd":
        assert client.activate(account, contact).json()["verdict"] == "already_activated"
    assert standing(client, account) == (1, 0)
    assert len(listed(client, account)) == 1


def test_another_process_learns_of_it(redis, client, account):
    client.activate(account, "old")
    run("contacts", "merge", account, "old", "new", redis=redis)
    assert client.activate(account, "new").json()["verdict"] == "already_activated"
    assert run("activate", account, "--by", "campaign:x", "old", redis=redis).stdout == "old\talready_activated\n"
    assert standing(client, account) == (1, 0)


def test_another_month_is_left_alone(redis, client, account):
    redis.cli("SADD", f"hc:{{{account}}}:2020-01", "old")
    merge(client, account, "old", "new")
    assert redis.cli("SMEMBERS", f"hc:{{{account}}}:2020-01") == "old"


@pytest.mark.parametrize("body, status, kind", [
    ({"from": "ann", "into": "ann"}, 422, "invalid_contact"), ({"from": "", "into": "ann"}, 422, "invalid_contact"),
    ({"from": "ann", "into": "a\tb"}, 422, "invalid_contact"), ({"from": "ann"}, 400, "invalid_body"),
    ({"into": "ann"}, 400, "invalid_body"), ({"from": "ann", "into": ["bob"]}, 400, "invalid_body"),
    ({"from": "ann", "into": "bob", "to": "bob"}, 400, "unknown_field"),
])
def test_merges_that_are_malformed(redis, client, account, body, status, kind):
    answer = client.post(f"/v1/accounts/{account}/contacts/merge", json=body)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{kind}")
    assert redis.cli("KEYS", f"*{{{account}}}*") == ""


def test_only_admin_keys_merge(redis, service, client, account):
    client.activate(account, "old")
    for key in [
        make_key(redis, "read"), make_key(redis, "activate"), make_key(redis, "admin", account="acct_elsewhere"),
    ]:
        with Client(service, key) as stranger:
            answer = stranger.post(f"/v1/accounts/{account}/contacts/merge", json={"from": "old", "into": "new"})
            assert answer.status_code == 403
    assert listed(client, account) == ["old"]


def test_the_command(redis, account):
    run("activate", account, "--by", "campaign:x", "old", redis=redis)
    done = run("contacts", "merge", account, "old", "new", redis=redis)
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["from", "old", "was", "counted"], ["into", "new", "was", "not", "counted"]]
    done = run("contacts", "merge", account, "older", "new", "--json", redis=redis)
    assert json.loads(done.stdout) == {
        "account": account, "from": "older", "into": "new", "fromWasCounted": False, "intoWasCounted": True}
    for arguments, status in [(["ann", "ann"], 65), (["ann", "a\tb"], 65), (["ann"], 64)]:
        done = run("contacts", "merge", account, *arguments, redis=redis, check=False)
        assert (done.returncode, done.stdout) == (status, "") and done.stderr
