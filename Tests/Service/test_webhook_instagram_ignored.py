"""What Meta sends besides what contacts do is answered 200, and starts nothing and counts nobody; metrics have it."""

import collections
import json

import pytest

from service import Service, eventually
from webhooks import ENVIRONMENT, body, comment, deliver, entry, instagram_id, link, message, set_up, tally, told

SENDER = "6789012345678901"
RECEIPT = {"events": 0, "runs": 0, "duplicates": 0, "ignored": 1}

MESSAGING = [
    ({"message": {"mid": "m", "text": "hi", "is_echo": True}}, "echo"),
    ({"message": {"mid": "m", "text": "hi", "is_echo": True, "is_self": True}}, "echo"),
    ({"message": {"mid": "m", "is_deleted": True}}, "deleted"),
    ({"message": {"mid": "m", "text": "hi", "is_self": True}}, "own"),
    ({"is_self": True, "message": {"mid": "m", "text": "hi"}}, "own"),
    ({"is_self": True, "postback": {"mid": "m", "title": "Start", "payload": "P"}}, "own"),
    ({"read": {"mid": "m"}}, "read"),
    ({"read": {"watermark": 1569262485349}}, "read"),
    ({"delivery": {"mids": ["m"], "watermark": 1569262485349}}, "delivery"),
    ({"message_edit": {"mid": "m", "text": "hi!", "num_edit": 1}}, "edited"),
    ({"reaction": {"mid": "m", "action": "react", "reaction": "love", "emoji": "\u2764\ufe0f"}}, "reaction"),
    ({"reaction": {"mid": "m", "action": "unreact"}}, "reaction"),
    ({"referral": {"ref": "spring", "source": "SHORTLINK", "type": "OPEN_THREAD"}}, "referral"),
    ({"optin": {"type": "notification_messages", "payload": "p", "notification_messages_token": "t"}}, "optin"),
    ({"pass_thread_control": {"previous_owner_app_id": "1", "new_owner_app_id": "2", "metadata": "x"}}, "handover"),
    ({"take_thread_control": {"previous_owner_app_id": "1", "new_owner_app_id": "2"}}, "handover"),
    ({"request_thread_control": {"requested_owner_app_id": 1, "metadata": "x"}}, "handover"),
    ({"app_roles": {"123456789": ["primary_receiver"]}}, "handover"),
    ({"policy_enforcement": {"action": "warning", "reason": "spam"}}, "policy"),
    ({"response_feedback": {"feedback": "Good bot response", "mid": "m"}}, "feedback"),
    ({"something_new": {"mid": "m"}}, "unknown_kind"),
]
"""What elements of `messaging` have, and what it is."""

CHANGES = [
    ("mentions", {"media_id": "17918195224117851"}, "mention_without_sender"),
    ("mentions", {"comment_id": "17894227972186120", "media_id": "17918195224117851"}, "mention_without_sender"),
    ("comments", {"id": "1787", "from": {"username": "ann"}, "text": "hi"}, "comment_without_sender"),
    ("comments", {"id": "1787", "from": {"id": SENDER, "self_ig_scoped_id": SENDER}, "text": "thanks"}, "own"),
    ("live_comments", {"id": "1787", "from": {"id": SENDER, "self_ig_scoped_id": SENDER}, "text": "thanks"}, "own"),
    ("story_insights", {"media_id": "18023345989012587", "exits": 1, "reach": 17}, "insights"),
    ("messaging_seen", {"sender": {"id": SENDER}, "timestamp": "1527459824", "read": {"mid": "m"}}, "read"),
    ("message_reactions", {"sender": {"id": SENDER}, "reaction": {"mid": "m", "action": "react"}}, "reaction"),
    ("message_edit", {"mid": "m", "text": None, "num_edit": 2, "from": {"username": "ann"}}, "edited"),
    ("messaging_referral", {"sender": {"id": SENDER}, "referral": {"ref": "r"}}, "referral"),
    ("messaging_optins", {"sender": {"id": SENDER}, "optin": {"type": "notification_messages"}}, "optin"),
    ("messaging_handover", {"sender": {"id": SENDER}, "pass_thread_control": {}}, "handover"),
    ("message_echoes", {"sender": {"id": SENDER}, "message": {"mid": "m", "text": "hi"}}, "echo"),
    ("messaging_policy_enforcement", {"policy_enforcement": {"action": "block"}}, "policy"),
    ("response_feedback", {"feedback": "Bad bot response", "mid": "m"}, "feedback"),
    ("follow", {"id": SENDER}, "unknown_kind"),
]
"""Fields and values of `changes`, and what they are."""

SAMPLES = [
    ("messages", {"sender": {"id": "12334"}, "recipient": {"id": "23245"}, "timestamp": "1527459824",
                  "message": {"mid": "random_mid", "text": "random_text"}}),
    ("message_reactions", {"sender": {"id": "12334"}, "recipient": {"id": "23245"}, "timestamp": 233445667,
                           "reaction": {"mid": "random_mid", "action": "react", "reaction": "love"}}),
    ("messaging_postbacks", {"sender": {"id": "2494432963985342"}, "recipient": {"id": "90010195674710"},
                             "timestamp": 233445667, "is_self": True,
                             "postback": {"mid": "aWdfZAG1", "title": "Talk to human", "payload": "Payload"}}),
    ("messaging_seen", {"sender": {"id": "12334"}, "recipient": {"id": "23245"}, "timestamp": "1527459824",
                        "read": {"mid": "last_message_id_read"}}),
    ("messaging_referral", {"sender": {"id": "2494432963985342"}, "recipient": {"id": "90010195674710"},
                            "timestamp": 233445667, "referral": {"ref": "this_is_a_sample_ref_param"}}),
    ("messaging_handover", {"sender": {"id": "2494432963985342"}, "recipient": {"id": "2494432963985342"},
                            "timestamp": 233445667, "pass_thread_control": {"previous_owner_app_id": "7772"}}),
    ("comments", {"from": {"id": "232323232", "username": "test"}, "media": {"id": "123123123"},
                  "id": "17865799348089039", "parent_id": "1231231234", "text": "This is an example."}),
    ("live_comments", {"from": {"id": "232323232", "username": "test", "self_ig_scoped_id": "232323232"},
                       "id": "17865799348089039", "text": "This is an example."}),
]
"""Fields and values that the Test button of Meta's dashboard sends."""


@pytest.fixture(scope="module")
def service(redis):
    service = Service(redis.url, "--metrics", environment=ENVIRONMENT)
    yield service
    service.close()


def element(fields, sender=SENDER):
    return {"sender": {"id": sender}, "recipient": {"id": "17841405822304914"}, "timestamp": 1_569_262_485_349} | fields


def is_ignored(client, raw, label):
    """It is answered 200, and counted as what it is and nothing else."""
    before = tally(client)
    answer = deliver(client, raw)
    assert (answer.status_code, answer.json()) == (200, RECEIPT)
    assert tally(client) - before == {label: 1}
    return True


def nothing_is_known_of(client, account, contact):
    history = told(client, account, contact)
    return (history["runs"], history["records"], history["lastEvent"]) == ([], [], None)


@pytest.mark.parametrize("fields, label", MESSAGING)
def test_messaging(client, account, fields, label):
    instagram = set_up(client, account)
    for place in ("messaging", "standby"):
        assert is_ignored(client, body(entry(instagram, **{place: [element(fields)]})), label)
    assert is_ignored(client, body(entry(instagram, changes=[{"field": "messages", "value": element(fields)}])), label)
    assert nothing_is_known_of(client, account, SENDER)


@pytest.mark.parametrize("field, value, label", CHANGES)
def test_changes(client, account, field, value, label):
    instagram = set_up(client, account)
    assert is_ignored(client, body(entry(instagram, changes=[{"field": field, "value": value}])), label)
    assert is_ignored(client, body(entry(instagram) | {"field": field, "value": value}), label)
    assert nothing_is_known_of(client, account, SENDER)


@pytest.mark.parametrize("fields", [{"message": {"mid": "m", "text": "hi"}}, {"postback": {"mid": "m", "title": "hi"}}])
def test_what_the_account_itself_wrote_is_an_echo(client, account, fields):
    instagram = set_up(client, account)
    assert is_ignored(client, body(entry(instagram, messaging=[element(fields, sender=instagram)])), "echo")
    assert nothing_is_known_of(client, account, instagram)


def test_comments_of_the_account_under_any_of_its_ids_are_its_own(redis, client, account):
    ids = [set_up(client, account), instagram_id()]
    link(redis, account, ids[1])
    for author in ids:
        for receiver in ids:
            assert is_ignored(client, body(entry(receiver, changes=[comment(author, "1787")])), "own")
        assert nothing_is_known_of(client, account, author)


def test_comments_of_another_account_of_ours_are_not(redis, client, account):
    """Customers of one agency comment on each other."""
    instagram, other = set_up(client, account), instagram_id()
    link(redis, f"{account}-other", other)
    answer = deliver(client, body(entry(instagram, changes=[comment(other, "1787")])))
    assert answer.json() == {"events": 1, "runs": 1, "duplicates": 0, "ignored": 0}


@pytest.mark.parametrize("field, value", SAMPLES)
def test_samples_of_metas_dashboard(client, account, field, value):
    """They are said to be of account 0, or of the real one, or come without an entry around them."""
    instagram = set_up(client, account)
    change = {"field": field, "value": value}
    for id in ("0", 0, instagram):
        assert is_ignored(client, body(entry(id, changes=[change])), "test")
    assert is_ignored(client, json.dumps(change).encode(), "test")
    sender = value.get("sender", value.get("from"))["id"]
    assert nothing_is_known_of(client, account, sender)


def test_account_0_is_never_real(redis, client, account):
    """Whatever is said to be of it, and even if somebody links it."""
    set_up(client, account)
    link(redis, account, "0")
    for each in (entry("0", messaging=[message(SENDER, "m")]), entry("0", changes=[comment(SENDER, "1787")]),
                 entry("0", changes=[{"field": "mentions", "value": {"media_id": "17887498072083520"}}])):
        assert is_ignored(client, body(each), "test")
    assert nothing_is_known_of(client, account, SENDER)


def test_of_all_together_only_a_real_event_reaches_the_action_and_counts(client, account, action, start_worker):
    server = action()
    instagram = set_up(client, account, server.url)
    noise = [element(fields) for fields, _ in MESSAGING]
    changes = [{"field": field, "value": value} for field, value, _ in CHANGES]
    changes += [{"field": field, "value": value} for field, value in SAMPLES]
    before = tally(client)
    raw = body(entry(instagram, messaging=[*noise, message("real", "m-real"), *noise], changes=changes, standby=noise))
    ignored = 3 * len(noise) + len(changes)
    assert deliver(client, raw).json() == {"events": 1, "runs": 1, "duplicates": 0, "ignored": ignored}
    expected = collections.Counter([label for _, label in MESSAGING] * 3 + [label for _, _, label in CHANGES])
    assert tally(client) - before == expected + collections.Counter(taken=1, test=len(SAMPLES))
    start_worker()
    assert eventually(lambda: not told(client, account, "real")["runs"])
    assert [request.contact for request in server.requests] == ["real"]
    assert client.get(f"/v1/accounts/{account}/usage").json()["used"] == 1
    assert client.get(f"/v1/accounts/{account}/contacts").json()["contacts"] == ["real"]
