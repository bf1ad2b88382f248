"""Accounts, contacts and actions that there cannot be: each gets a problem document, nobody is counted by them, and the
service goes on."""

import pytest

from hostile import ACTIVATIONS, VICTIM, ask, unharmed, victim


@pytest.mark.parametrize("id", [
    "%00", "a%00b", "%FF", "%C0%80", "%ED%A0%80", "a%2Fb", "a%0Ab", "a%0D%0Ab", "%7Bacct_victim%7D", "a%7Bb", "%C3%A9",
    "a%20b", "a+b", "a%5Cb", "a%25b", "%E2%80%AE", "*", "%", "a%zz", "a%2", "a" * 129,
])
def test_an_account_that_there_cannot_be(service, admin_key, redis, id):
    keys = redis.cli("DBSIZE")
    body = {"contact": "dora", "by": "campaign:spring"}
    for answer in (
        ask(service, admin_key, "GET", f"/v1/accounts/{id}/usage"),
        ask(service, admin_key, "POST", f"/v1/accounts/{id}/activations", body),
        ask(service, admin_key, "PUT", f"/v1/accounts/{id}/plan", {"limit": 1}),
    ):
        assert answer.is_problem(422, "invalid_account")
        assert len(answer.json["value"]) <= 100
    assert redis.cli("DBSIZE") == keys


@pytest.mark.parametrize("id", [
    "%00", "a%00b", "%FF", "%C0%80", "%ED%A0%80", "a%0Ab", "%7F", "%C2%85", "%", "a%zz", "a" * 257, "%C3%A9" * 129,
])
def test_a_contact_that_there_cannot_be(service, admin_key, id):
    answer = ask(service, admin_key, "GET", f"/v1/accounts/{VICTIM}/contacts/{id}")
    assert answer.is_problem(422, "invalid_contact")


@pytest.mark.parametrize("contact", ["", "a\x00b", "a\nb", "a\x7fb", "a\x85b", "a" * 257, "\u00e9" * 129])
def test_one_bad_contact_among_many_counts_nobody(service, admin_key, contact):
    for body in ({"contact": contact}, {"contacts": ["dora", contact, "eve"]}):
        answer = ask(service, admin_key, "POST", ACTIVATIONS, body | {"by": "campaign:spring"})
        assert answer.is_problem(422, "invalid_contact")


@pytest.mark.parametrize("action", ["", ":", "campaign:", "Campaign:spring", "newsletter", "a" * 33, "campaign:a\nb"])
def test_an_action_that_there_is_not(service, admin_key, action):
    answer = ask(service, admin_key, "POST", ACTIVATIONS, {"contact": "dora", "by": action})
    assert answer.is_problem(422, "invalid_action")


@pytest.mark.parametrize("contact", [
    "a/b", "a b", "a+b", "..", ".", "a%b", "a" * 256, "\u00e9" * 128, "\U0001f600", "<script>",
])
def test_a_strange_contact_is_still_one(service, admin_key, account, contact):
    """What can be counted can be asked for, under the same name."""
    body = {"contact": contact, "by": "campaign:spring"}
    assert ask(service, admin_key, "POST", f"/v1/accounts/{account}/activations", body).json["verdict"] == "activated"
    escaped = "".join(f"%{byte:02X}" for byte in contact.encode())
    answer = ask(service, admin_key, "GET", f"/v1/accounts/{account}/contacts/{escaped}")
    assert (answer.json["contact"], answer.json["activated"]) == (contact, True)


def test_a_control_character_is_shown_escaped_once(service, admin_key):
    answer = ask(service, admin_key, "GET", f"/v1/accounts/{VICTIM}/contacts/ann%07bob")
    assert answer.json["value"] == r"ann\u{07}bob"
