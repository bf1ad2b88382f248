"""`headcount channel`: whose Instagram ids are whose, and with which secrets generic webhooks are signed."""

import json
import re

import pytest

from service import Client, Service, run
from webhooks import (
    APP_SECRET, ENVIRONMENT, OLD_APP_SECRET, VERIFY_TOKEN, body, comment, deliver, entry, instagram_id, tally, told)

SECRET, OTHER_SECRET = "secret-of-the-account-1", "secret-of-the-account-2"
EVENT = b'{"event":"message","contact":"ann"}'


@pytest.fixture(scope="module")
def service(redis):
    service = Service(redis.url, "--metrics", environment=ENVIRONMENT)
    yield service
    service.close()


@pytest.fixture
def channel(redis):
    """Runs one of the subcommands."""
    def command(*arguments, check=True, **more):
        return run("channel", *arguments, redis=redis, check=check, **more)

    return command


@pytest.fixture
def ids():
    return [instagram_id() for _ in range(3)]


def listed(channel, account):
    """Its Instagram ids, and how many secrets it has."""
    found = json.loads(channel("list", account, "--json").stdout)
    assert found["account"] == account
    return found["instagram"], found["genericSecrets"]


def reaches(client, account, id):
    """Whether an event for the Instagram id is taken, by the account if by any."""
    answer = deliver(client, body(entry(id, changes=[comment(f"of-{id}", None)])))
    assert answer.status_code == 200
    if answer.json()["events"] == 0:
        return False
    assert told(client, account, f"of-{id}")["records"]
    return True


def fails(done, status, *words):
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    assert all(word in done.stderr for word in words), done.stderr
    return True


def test_links_are_added_and_hold_from_the_next_webhook_on(channel, client, account, ids):
    assert not reaches(client, account, ids[0])
    assert channel("link", account, "instagram", ids[1]).stdout == f"instagram\t{ids[1]}\n"
    done = channel("link", account, "instagram", ids[0], ids[1])
    assert done.stdout == f"instagram\t{ids[0]}\ninstagram\t{ids[1]}\n"
    assert [reaches(client, account, id) for id in ids] == [True, True, False]
    channel("link", account, "instagram", ids[2], ids[2])
    assert listed(channel, account) == (ids, 0)


def test_what_is_unlinked_is_answered_as_unknown(channel, client, account, ids):
    channel("link", account, "instagram", *ids)
    assert channel("unlink", account, "instagram", ids[0], ids[2]).stdout == f"instagram\t{ids[1]}\n"
    before = tally(client)
    assert [reaches(client, account, id) for id in ids] == [False, True, False]
    assert tally(client) - before == {"unknown_account": 2, "unmatched": 1}


def test_an_id_of_another_account_is_a_conflict_and_nothing_is_linked(channel, client, account, ids):
    """Until it is unlinked there. Whose it is, Redis tells."""
    other = f"{account}-other"
    channel("link", other, "instagram", ids[1])
    failed = channel("link", account, "instagram", *ids, check=False)
    assert fails(failed, 1, ids[1], "unlink", "HGET hc:channels:instagram") and other not in failed.stderr
    assert (listed(channel, account), listed(channel, other)) == (([], 0), ([ids[1]], 0))
    assert [reaches(client, other, id) for id in ids] == [False, True, False]
    channel("unlink", other, "instagram", ids[1])
    channel("link", account, "instagram", *ids)
    assert all(reaches(client, account, id) for id in ids)


def test_what_was_linked_before_a_conflict_stays(channel, client, account, ids):
    channel("link", f"{account}-other", "instagram", ids[2])
    channel("link", account, "instagram", ids[0])
    assert fails(channel("link", account, "instagram", *ids, check=False), 1, ids[2])
    assert listed(channel, account) == ([ids[0]], 0)
    assert reaches(client, account, ids[0]) and not reaches(client, account, ids[1])


def test_nobody_unlinks_what_is_anothers(channel, client, account, ids):
    other = f"{account}-other"
    channel("link", other, "instagram", ids[0])
    channel("link", account, "instagram", ids[1])
    for wrong in (ids[0], ids[2]):
        assert fails(channel("unlink", account, "instagram", ids[1], wrong, check=False), 1, wrong)
    assert reaches(client, other, ids[0]) and reaches(client, account, ids[1])


def test_the_generic_webhook_is_linked_and_unlinked(channel, client, account):
    def is_taken(secret):
        return deliver(client, EVENT, secret, f"/webhooks/generic/{account}").status_code == 200

    assert channel("link", account, "generic", "--secret", SECRET).stdout == "generic\t1 secret\n"
    done = channel("link", account, "generic", "--secret", SECRET, "--secret", OTHER_SECRET)
    assert done.stdout == "generic\t2 secrets\n"
    assert is_taken(SECRET) and is_taken(OTHER_SECRET)
    channel("link", account, "generic", "--secret", OTHER_SECRET)
    assert not is_taken(SECRET) and is_taken(OTHER_SECRET), "they take the place of earlier ones"
    assert channel("unlink", account, "generic").stdout == ""
    assert not is_taken(OTHER_SECRET)
    assert fails(channel("unlink", account, "generic", check=False), 1, account)


def test_secrets_from_standard_input(channel, client, account):
    done = channel("link", account, "generic", "--secret", "-", input=f"{SECRET}\r\n{OTHER_SECRET}\n")
    assert done.stdout == "generic\t2 secrets\n"
    for secret in (SECRET, OTHER_SECRET):
        assert deliver(client, EVENT, secret, f"/webhooks/generic/{account}").status_code == 200


def test_both_channels_beside_each_other(channel, account, ids):
    channel("link", account, "generic", "--secret", SECRET)
    channel("link", account, "instagram", ids[0])
    assert channel("list", account).stdout == f"instagram\t{ids[0]}\ngeneric\t1 secret\n"
    channel("unlink", account, "generic")
    assert listed(channel, account) == ([ids[0]], 0)


def test_an_account_without_channels(channel, account):
    assert channel("list", account).stdout == ""
    assert listed(channel, account) == ([], 0)


@pytest.mark.parametrize("arguments, status, words", [
    (["link", "ACCOUNT", "instagram"], 64, ["no id"]),
    (["link", "ACCOUNT", "instagram", "a b"], 64, ["'a b'", "entry.id"]),
    (["link", "ACCOUNT", "instagram", "1" * 65], 64, ["entry.id"]),
    (["link", "ACCOUNT", "instagram", "17841405822304914", ""], 64, ["entry.id"]),
    (["link", "acct 1", "instagram", "17841405822304914"], 65, ["'acct 1'", "account id"]),
    (["link", "ACCOUNT", "facebook", "17841405822304914"], 64, ["'facebook'", "instagram", "generic"]),
    (["link", "ACCOUNT", "generic"], 64, ["--secret"]),
    (["link", "ACCOUNT", "generic", "--secret", "fifteen-letters"], 64, ["16 to 256 bytes"]),
    (["link", "ACCOUNT", "generic", "--secret", "x" * 257], 64, ["16 to 256 bytes"]),
    (["link", "ACCOUNT", "generic", "--secret", "two lines of\none"], 64, ["secret"]),
    (["link", "ACCOUNT", "generic", *["--secret", SECRET] * 3], 64, ["two"]),
    (["link", "ACCOUNT", "instagram", "1", "--secret", SECRET], 64, ["HEADCOUNT_INSTAGRAM_APP_SECRETS"]),
    (["link", "ACCOUNT", "generic", SECRET], 64, ["--secret"]),
    (["link", "ACCOUNT", "generic", "--secret", "-"], 65, ["standard input"]),
    (["unlink", "ACCOUNT", "instagram"], 64, ["no id"]),
    (["unlink", "ACCOUNT", "generic", SECRET], 64, ["generic has no ids"]),
    (["list", ""], 65, ["account id"]),
])
def test_mistakes_are_named_and_no_secret_is_shown(channel, account, arguments, status, words):
    arguments = [account if argument == "ACCOUNT" else argument for argument in arguments]
    done = channel(*arguments, check=False, input="")
    assert fails(done, status, *words)
    assert not re.search("secret-of|fifteen|two lines|xxxx", done.stderr)
    assert listed(channel, account) == ([], 0)


def test_secrets_are_shown_nowhere(redis, channel, service, admin_key, account, ids):
    said = [channel("link", account, "generic", "--secret", SECRET, "--secret", OTHER_SECRET).stdout]
    channel("link", account, "instagram", ids[0])
    said += [channel(*command, account).stdout for command in (["list"], ["list", "--json"])]
    with Client(service, admin_key) as client:
        link = client.put(f"/v1/accounts/{account}/channels/generic", json={"secrets": [SECRET, OTHER_SECRET]})
        path = f"/webhooks/generic/{account}"
        answers = [
            link, client.get(f"/v1/accounts/{account}/channels"), deliver(client, EVENT),
            deliver(client, EVENT, "another secret"), deliver(client, EVENT, SECRET, path),
            deliver(client, EVENT, "another secret", path),
            client.get("/webhooks/instagram", params={"hub.mode": "subscribe", "hub.challenge": "1"}),
            client.get(f"/v1/accounts/{account}/usage"), client.get("/metrics"), client.get("/readyz")]
        said += [answer.text + str(answer.headers) for answer in answers]
    said += [run("keys", account, redis=redis, check=False).stdout, run("doctor", redis=redis, check=False).stdout]
    for text in said + [service.log, service.printed]:
        for secret in (SECRET, OTHER_SECRET, APP_SECRET, OLD_APP_SECRET, VERIFY_TOKEN):
            assert secret not in text


def test_unlinking_that_broke_off_is_repeated(redis, channel, account, ids):
    channel("link", account, "instagram", *ids)
    redis.cli("HDEL", "hc:channels:instagram", ids[0])
    channel("unlink", account, "instagram", ids[0])
    assert listed(channel, account) == (sorted(ids[1:]), 0)
