"""Who may send Instagram's webhooks: whoever signs the bytes with a secret of the app. Nothing of others is read."""

import hashlib
import hmac

import pytest

from service import Client, Service
from webhooks import (
    APP_SECRET, ENVIRONMENT, OLD_APP_SECRET, VERIFY_TOKEN, body, comment, deliver, entry, message, set_up, signature,
    tally, told)

PATH = "/webhooks/instagram"


@pytest.fixture(scope="module")
def service(redis):
    service = Service(redis.url, "--metrics", environment=ENVIRONMENT)
    yield service
    service.close()


@pytest.fixture
def raw(client, account):
    """A webhook that starts a run of ann's if it is signed."""
    return body(entry(set_up(client, account), changes=[comment("ann", "c1")]))


def send(client, raw, header, **more):
    headers = {"X-Hub-Signature-256": header} | more
    return client.post(PATH, data=raw, headers={name: value for name, value in headers.items() if value is not None})


def is_refused(answer):
    assert answer.status_code == 401, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "/problems/unauthenticated"
    assert "value" not in answer.json()
    return True


def nothing_was_queued(client, account, raw):
    """Nor is it taken for seen: signed, it starts its run."""
    assert told(client, account, "ann")["records"] == []
    assert deliver(client, raw).json() == {"events": 1, "runs": 1, "duplicates": 0, "ignored": 0}
    return True


@pytest.mark.parametrize("header", [
    None,
    "",
    "sha256=",
    "sha256=" + "0" * 64,
    "sha256=" + "g" * 64,
    "sha256=" + "\u00e9" * 32,
    "anything",
    lambda right: right.removeprefix("sha256="),
    lambda right: right[:-1],
    lambda right: right[:-2],
    lambda right: right + "0",
    lambda right: right + "00",
    lambda right: right.replace("sha256=", "sha1="),
    lambda right: right.replace("sha256=", "SHA256="),
    lambda right: right.replace("=", " "),
    lambda right: f"{right}, {right}",
    lambda right: f"sha256={'0' * 64}, {right}",
    lambda right: right[:7] + right[:6:-1],
], ids=["missing", "empty", "no digits", "zeros", "no hexadecimal", "no ASCII", "nonsense", "without its name",
        "a digit less", "a byte less", "a digit more", "a byte more", "said to be SHA-1", "its name in upper case",
        "no equals sign", "twice", "after a wrong one", "reversed"])
def test_signatures_that_are_none(client, account, raw, header):
    given = header(signature(raw)) if callable(header) else header
    before = tally(client)
    assert is_refused(send(client, raw, given.encode() if given is not None else None))
    assert tally(client) - before == {"refused: signature": 1}
    assert nothing_was_queued(client, account, raw)


def test_sha_1_alone_counts_for_nothing(client, account, raw):
    """It is right, but SHA-1 is broken."""
    right = "sha1=" + hmac.new(APP_SECRET.encode(), raw, hashlib.sha1).hexdigest()
    assert is_refused(send(client, raw, None, **{"X-Hub-Signature": right}))
    assert is_refused(send(client, raw, "sha256=" + "0" * 64, **{"X-Hub-Signature": right}))
    assert nothing_was_queued(client, account, raw)


def test_a_wrong_sha_1_beside_it_does_no_harm(client, raw):
    assert send(client, raw, signature(raw), **{"X-Hub-Signature": "sha1=" + "0" * 40}).json()["runs"] == 1


def test_hexadecimal_in_upper_case(client, raw):
    assert send(client, raw, "sha256=" + signature(raw).removeprefix("sha256=").upper()).json()["runs"] == 1


@pytest.mark.parametrize("change", [
    lambda raw: bytes([raw[0] ^ 1]) + raw[1:],
    lambda raw: raw.replace(b"ann", b"bnn"),
    lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]),
    lambda raw: raw + b"\n",
    lambda raw: raw[:-1],
    lambda raw: b" " + raw,
    lambda raw: raw.replace(b": ", b":"),
    lambda raw: b"",
], ids=["first byte", "a letter", "last byte", "a line end more", "last byte missing", "a space before", "other spaces",
        "empty"])
def test_a_body_that_is_not_the_one_that_was_signed(client, account, raw, change):
    before = tally(client)
    assert change(raw) != raw
    assert is_refused(send(client, change(raw), signature(raw)))
    assert tally(client) - before == {"refused: signature": 1}
    assert nothing_was_queued(client, account, raw)


def test_what_is_signed_are_the_bytes_whatever_they_are(client):
    """What isn't JSON is refused as such if it is signed, and as unsigned if it is not."""
    for raw in (b"", b"{", b"\xff\xfe", b"\x00" * 100):
        assert is_refused(send(client, raw, signature(b"x")))
        assert deliver(client, raw).status_code == 400


@pytest.mark.parametrize("size", [100, 100_000, 1_000_000], ids=["small", "large", "huge"])
def test_bodies_of_any_size(client, account, size):
    """Large ones are looked at elsewhere."""
    raw = body(entry(set_up(client, account), [message("ann", "m1", text="x" * size)]))
    assert is_refused(send(client, raw, signature(raw, "another secret")))
    assert is_refused(send(client, raw[:-1], signature(raw)))
    assert nothing_was_queued(client, account, raw)


def test_while_secrets_change_the_old_and_the_new_one_will_do(client, account):
    instagram = set_up(client, account)
    for number, secret in enumerate([APP_SECRET, OLD_APP_SECRET, APP_SECRET]):
        raw = body(entry(instagram, changes=[comment(f"contact-{number}", f"c{number}")]))
        assert deliver(client, raw, secret).json()["runs"] == 1


@pytest.mark.parametrize("secret", [
    "", "app-secret-of-the-tests-2", f"{APP_SECRET},{OLD_APP_SECRET}", APP_SECRET[:-1], APP_SECRET.upper(),
    VERIFY_TOKEN])
def test_a_third_secret_will_not(client, account, raw, secret):
    assert is_refused(deliver(client, raw, secret))
    assert nothing_was_queued(client, account, raw)


def test_after_the_change_the_old_one_will_not(redis, client, account, raw):
    """The same event, signed with the new one, is taken by the service that is restarted and by the one that isn't."""
    after = Service(redis.url, environment=ENVIRONMENT | {"HEADCOUNT_INSTAGRAM_APP_SECRETS": APP_SECRET})
    try:
        with Client(after) as other:
            assert is_refused(deliver(other, raw, OLD_APP_SECRET))
            assert deliver(other, raw).json()["runs"] == 1
        assert deliver(client, raw, OLD_APP_SECRET).json()["duplicates"] == 1
    finally:
        after.close()


def test_an_api_key_is_no_signature(client, account, raw):
    """`client` has the admin's."""
    assert "Authorization" in client.headers
    assert is_refused(send(client, raw, None))


def test_nobody_who_sends_wrong_signatures_is_shut_out(client, account, raw):
    """Meta's addresses are those of all apps, and forgers may come from there."""
    for _ in range(30):
        assert is_refused(send(client, raw, "sha256=" + "0" * 64))
    assert nothing_was_queued(client, account, raw)


def test_without_an_app_secret_nothing_is_taken(redis, account, client, raw):
    """Meta sends it again; whoever signs with an empty secret is nobody."""
    bare = Service(redis.url, "--metrics", environment={"HEADCOUNT_INSTAGRAM_VERIFY_TOKEN": VERIFY_TOKEN})
    try:
        with Client(bare) as other:
            for answer in (deliver(other, raw), deliver(other, raw, ""), send(other, raw, None)):
                assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
                assert int(answer.headers["Retry-After"]) >= 1
            assert tally(other) == {"refused: not_configured": 3}
            asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}
            assert other.get(PATH, params=asked).text == "1158201444", "the handshake needs none"
        assert "HEADCOUNT_INSTAGRAM_APP_SECRETS" in bare.log
    finally:
        bare.close()
    assert nothing_was_queued(client, account, raw)
