"""Channels over HTTP: which Instagram ids and secrets an account is given, and what nobody is ever shown."""

import pytest

from service import Client, Service, make_key
from webhooks import (
    ENVIRONMENT, GENERIC_SECRET, body, comment, deliver, entry, instagram_id, is_problem, say, set_secrets)

NEW_SECRET = "new-secret-of-the-tests"
EVENT = b'{"event":"message","contact":"ann"}'


@pytest.fixture(scope="module")
def service(redis):
    service = Service(redis.url, "--log-level", "trace", environment=ENVIRONMENT)
    yield service
    service.close()


def path(account, *parts):
    return "/".join([f"/v1/accounts/{account}/channels", *parts])


def links(client, account):
    """Its Instagram ids, and how many secrets it has."""
    answer = client.get(path(account))
    assert answer.status_code == 200 and answer.json()["account"] == account
    return answer.json()["instagram"], answer.json()["genericSecrets"]


def test_instagram_ids_are_linked_one_after_the_other(client, account):
    ids = [instagram_id() for _ in range(3)]
    for number, id in reversed(list(enumerate(ids))):
        answer = client.put(path(account, "instagram", id))
        assert (answer.status_code, answer.json()) == (
            200, {"account": account, "instagram": ids[number:], "genericSecrets": 0})
    assert client.put(path(account, "instagram", ids[1])).json()["instagram"] == ids, "once more changes nothing"
    assert links(client, account) == (ids, 0)


def test_an_id_is_unlinked_once(client, account):
    id = instagram_id()
    client.put(path(account, "instagram", id))
    answer = client.delete(path(account, "instagram", id))
    assert (answer.status_code, answer.content) == (204, b"")
    assert links(client, account) == ([], 0)
    assert is_problem(client.delete(path(account, "instagram", id)), 404, "not_found", id)


def test_an_id_of_another_account(client, account):
    """A conflict, which doesn't say whose it is; and nobody else unlinks it."""
    other, id = f"{account}-other", instagram_id()
    client.put(path(other, "instagram", id))
    answer = client.put(path(account, "instagram", id))
    assert is_problem(answer, 409, "conflict", id) and other not in answer.text
    assert is_problem(client.delete(path(account, "instagram", id)), 404, "not_found", id)
    assert (links(client, account), links(client, other)) == (([], 0), ([id], 0))
    assert client.delete(path(other, "instagram", id)).status_code == 204
    assert client.put(path(account, "instagram", id)).json()["instagram"] == [id]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
@pytest.mark.parametrize("id, value", [
    ("ann's%20shop", "ann's shop"), ("-1", "-1"), ("%00", "\\0"), ("1" * 65, "1" * 64 + "\u2026"), ("1%2F2", "1/2")])
def test_an_id_that_there_cannot_be(client, account, method, id, value):
    assert is_problem(client.request(method, path(account, "instagram", id)), 422, "invalid_channel", value)
    assert links(client, account) == ([], 0)


def test_secrets_take_the_place_of_earlier_ones(client, account):
    for secrets in ([GENERIC_SECRET], [GENERIC_SECRET, NEW_SECRET], [NEW_SECRET]):
        answer = client.put(path(account, "generic"), json={"secrets": secrets})
        assert (answer.status_code, answer.json()) == (
            200, {"account": account, "instagram": [], "genericSecrets": len(secrets)})
        assert links(client, account) == ([], len(secrets))


def test_secrets_are_forgotten(client, account):
    set_secrets(client, account, GENERIC_SECRET)
    answer = client.delete(path(account, "generic"))
    assert (answer.status_code, answer.content) == (204, b"")
    assert links(client, account) == ([], 0)
    assert is_problem(client.delete(path(account, "generic")), 404, "not_found", account)


@pytest.mark.parametrize("document, status, kind, value", [
    ({"secrets": []}, 422, "invalid_channel", None),
    ({"secrets": [NEW_SECRET, NEW_SECRET + "2", NEW_SECRET + "3"]}, 422, "invalid_channel", None),
    ({"secrets": ["15-bytes-long-x"]}, 422, "invalid_channel", None),
    ({"secrets": [NEW_SECRET, ""]}, 422, "invalid_channel", None),
    ({"secrets": [NEW_SECRET * 12]}, 422, "invalid_channel", None),
    ({"secrets": [NEW_SECRET + "\n"]}, 422, "invalid_channel", None),
    ({"secrets": NEW_SECRET}, 400, "invalid_body", None),
    ({"secrets": [NEW_SECRET, 5]}, 400, "invalid_body", None),
    ({"secrets": None}, 400, "invalid_body", None),
    ({}, 400, "invalid_body", None),
    ([NEW_SECRET], 400, "invalid_body", None),
    ({"secret": NEW_SECRET}, 400, "unknown_field", "secret"),
])
def test_secrets_that_are_refused_are_not_repeated(client, account, document, status, kind, value):
    """They may be right for something else; and the earlier one stays."""
    set_secrets(client, account, GENERIC_SECRET)
    answer = client.put(path(account, "generic"), json=document)
    assert is_problem(answer, status, kind, value)
    assert "secret" in answer.json()["detail"] or kind == "invalid_body"
    assert not any(secret in answer.text for secret in (NEW_SECRET, "15-bytes"))
    assert say(client, account, "ann")["events"] == 1


def test_secrets_are_never_shown(service, client, account):
    """Neither in answers nor in the log, at the level at which everything is logged."""
    secrets = [f"{GENERIC_SECRET}-{number}" for number in (1, 2)]
    answers = [client.put(path(account, "generic"), json={"secrets": secrets}), client.get(path(account)),
               client.put(path(account, "instagram", instagram_id())), client.get(f"/v1/accounts/{account}/plan")]
    answers += [deliver(client, EVENT, secret, f"/webhooks/generic/{account}") for secret in (*secrets, "none of them")]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 200, 200, 200, 401]
    shown = service.log + "".join(answer.text + str(answer.headers) for answer in answers)
    assert account in shown and not any(secret in shown for secret in secrets)


def test_a_key_of_one_account_sets_its_secrets_but_links_no_instagram_ids(redis, service, client, account):
    """An id is one account's among all of them: nobody takes another's events."""
    id, other = instagram_id(), instagram_id()
    client.put(path(account, "instagram", id))
    with Client(service, make_key(redis, account=account)) as tied:
        assert is_problem(tied.put(path(account, "instagram", other)), 403, "forbidden", other)
        assert links(tied, account) == ([id], 0)
        set_secrets(tied, account, GENERIC_SECRET)
        assert tied.delete(path(account, "generic")).status_code == 204
        assert tied.delete(path(account, "instagram", id)).status_code == 204
    assert client.put(path(f"{account}-other", "instagram", other)).status_code == 200, "it is nobody's still"


def test_instances_see_each_others_links(redis, service, client, admin_key, account):
    """From the next webhook on."""
    id = instagram_id()
    update = body(entry(id, changes=[comment("ann", None)]))
    other_service = Service(redis.url, environment=ENVIRONMENT)
    try:
        with Client(other_service, admin_key) as other:
            assert deliver(other, update).json()["events"] == 0
            client.put(path(account, "instagram", id))
            assert deliver(other, update).json()["events"] == 1
            set_secrets(client, account, GENERIC_SECRET)
            assert say(other, account, "ann")["events"] == 1
            assert links(other, account) == links(client, account) == ([id], 1)
            set_secrets(client, account, NEW_SECRET)
            assert deliver(other, EVENT, GENERIC_SECRET, f"/webhooks/generic/{account}").status_code == 401
            client.delete(path(account, "instagram", id))
            assert deliver(other, update).json()["events"] == 0
    finally:
        other_service.close()
