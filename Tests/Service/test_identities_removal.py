"""R12, removing an account: nothing of it is left in Redis, its API keys are revoked, nobody else loses anything."""

import json

import pytest

from identities import eraser, keyed, raw
from keys import parts
from reservations import limit, reserve, standing
from service import Client, eventually, make_key, run


def lived_in(client, account):
    """An account with something under every key that there is."""
    limit(client, account, 3)
    client.activate(account, "ann")
    client.activate(account, "bob")
    reserve(client, account, "cleo")
    assert client.activate(account, "dora").json()["verdict"] == "limit_reached"
    assert client.delete(f"/v1/accounts/{account}/contacts/ann").json()["erased"] is True
    client.post(f"/v1/accounts/{account}/contacts/merge", json={"from": "robert", "into": "bob"})
    body = {"url": "http://127.0.0.1:9/", "thresholds": [50, 100]}
    assert client.put(f"/v1/accounts/{account}/notices", json=body).status_code == 200
    body = {"id": "spring", "action": "http://127.0.0.1:9/", "contacts": ["eve"]}
    assert client.post(f"/v1/accounts/{account}/campaigns", json=body).status_code == 201
    limit(client, account, 2)


@pytest.fixture
def neighbours(eraser, account):
    """An account to be removed, and others whose ids contain its id, or are contained in it."""
    own = account + ".own"
    others = [own + "0", own + ":1", "x" + own, own[:-1]]
    for each in [own, *others]:
        lived_in(eraser, each)
    return own, others


def remove_over_http(redis, client, account):
    answer = client.delete(f"/v1/accounts/{account}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def remove_by_command(redis, client, account):
    return json.loads(run("account", "remove", account, "--yes", "--json", redis=redis).stdout)


@pytest.mark.parametrize("remove", [remove_over_http, remove_by_command])
def test_nothing_is_left_and_nobody_else_loses_anything(redis, keyed, eraser, neighbours, remove):
    account, others = neighbours
    keys = [make_key(redis, scope, account=account) for scope in ("activate", "read", "admin")]
    kept = make_key(redis, "read", account=others[0])
    before = {key: data for other in others for key, data in settled(redis, other).items()}
    assert len(before) >= 12 * len(others)
    own = redis.cli("KEYS", f"hc:{{{account}}}:*").splitlines()
    assert any(key.endswith(end) for key in own for end in (":plan", ":audit", ":campaigns", ":notices", ":outbox"))

    done = remove(redis, eraser, account)
    assert done == {"account": account, "keys": done["keys"], "apiKeys": len(keys)}
    assert len(own) - 3 <= done["keys"] <= len(own) + 3, "some come and go with deliveries"

    assert redis.cli("KEYS", f"hc:{{{account}}}:*") == ""
    assert redis.cli("SISMEMBER", redis.cli("KEYS", "hc:accounts:*"), account) == "0"
    for due in ("hc:due:notices", "hc:due:campaigns"):
        elements = redis.cli("ZRANGE", due, "0", "-1").splitlines()
        assert account not in {element.split(" ")[0] for element in elements}
    ids = set(redis.cli("HKEYS", "hc:api-keys").splitlines())
    assert not ids & {parts(key)[0] for key in keys} and parts(kept)[0] in ids
    for key in keys:
        with Client(keyed, key) as owner:
            path = f"/v1/accounts/{account}/usage"
            assert eventually(lambda: owner.get(path).status_code == 401), "revoked keys stop working within a second"
    with Client(keyed, kept) as reader:
        assert reader.get(f"/v1/accounts/{others[0]}/usage").status_code == 200
    assert before == {key: data for other in others for key, data in settled(redis, other).items()}


def settled(redis, account):
    """The account's data, without what deliveries write of their own accord."""
    return {
        key: data for key, data in raw(redis, f"hc:{{{account}}}:*").items()
        if not any(word in key for word in (":outbox", ":notices"))}


def test_who_comes_back_is_new_everywhere(redis, service, client, account):
    """Another process has counted for the account before it is removed, and goes on to."""
    limit(client, account, 2)
    assert client.put(f"/v1/accounts/{account}/plan", json={"mode": "soft", "zone": "Asia/Tokyo"}).status_code == 200
    for contact in ("ann", "bob"):
        client.activate(account, contact)
    run("account", "remove", account, "--yes", redis=redis)
    assert standing(client, account) == (0, 0)
    plan = client.get(f"/v1/accounts/{account}/plan").json()
    assert (plan["plan"], plan["limit"], plan["mode"], plan["zone"], plan["version"]) == ("free", 100, "hard", "UTC", 0)
    assert client.activate(account, "cleo").json()["verdict"] == "activated"
    assert standing(client, account) == (1, 0)


def test_who_comes_back_is_listed_again(redis, service, client, account):
    """Another process entered the account into the index before it was removed; later it does so once more."""
    client.activate(account, "ann")
    run("account", "remove", account, "--yes", redis=redis)
    client.activate(account, "bob")
    listed = [json.loads(line)["account"] for line in run("accounts", "--json", redis=redis).stdout.splitlines()]
    assert account in listed


def test_an_account_never_heard_of(redis, client, account):
    assert client.delete(f"/v1/accounts/{account}").json() == {"account": account, "keys": 0, "apiKeys": 0}
    assert client.delete("/v1/accounts/acct%7B1%7D").status_code == 422
    assert run("account", "remove", "acct{1}", "--yes", redis=redis, check=False).returncode == 65


def test_an_account_may_remove_itself(redis, service, client, account):
    client.activate(account, "ann")
    with Client(service, make_key(redis, "admin", account=account)) as owner:
        assert owner.delete(f"/v1/accounts/{account}").json()["apiKeys"] == 1
        assert eventually(lambda: owner.delete(f"/v1/accounts/{account}").status_code == 401)
    assert redis.cli("KEYS", f"*{{{account}}}*") == ""


def test_only_admin_keys_remove(redis, service, client, account):
    client.activate(account, "ann")
    for key in [
        make_key(redis, "read"), make_key(redis, "activate"), make_key(redis, "admin", account="acct_elsewhere"),
    ]:
        with Client(service, key) as stranger:
            assert stranger.delete(f"/v1/accounts/{account}").status_code == 403
    assert standing(client, account) == (1, 0)


def test_the_command_asks_first(redis, client, account):
    client.activate(account, "ann")
    make_key(redis, "read", account=account)
    done = run("account", "remove", account, redis=redis, check=False, input="y\n")
    assert (done.returncode, done.stdout) == (64, "")
    assert "--yes" in done.stderr
    assert standing(client, account) == (1, 0)
    done = run("account", "remove", account, "--yes", redis=redis)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0] == ["account", account]
    assert lines[1][:-1] == ["Redis", "keys", "removed"] and int(lines[1][-1]) >= 2
    assert lines[2] == ["API", "keys", "revoked", "1"]


def test_an_account_that_was_removed_in_the_middle_of_a_campaign(redis, client, account, action, start_worker):
    """A worker that still has some of its contacts under way brings nothing of the account back."""
    send = action()
    send.hold()
    body = {"id": "spring", "action": send.url, "contacts": ["ann", "bob"]}
    assert client.post(f"/v1/accounts/{account}/campaigns", json=body).status_code == 201
    worker = start_worker()
    assert eventually(lambda: len(send.requests) == 2)
    run("account", "remove", account, "--yes", redis=redis)
    send.release()
    assert worker.terminate() == 0
    assert redis.cli("KEYS", f"hc:{{{account}}}:*") == ""
