"""Webhooks of up to 1,000 updates, of several accounts and kinds, in any order and repeated: one run for each event."""

import concurrent.futures
import json
import random

import pytest

from service import Client, Service, run
from webhooks import (
    ENVIRONMENT, body, comment, deliver, entry, instagram_id, message, postback, scenario, set_up, tally, told)


@pytest.fixture(scope="module")
def service(redis):
    service = Service(redis.url, "--metrics", environment=ENVIRONMENT)
    yield service
    service.close()


def receipt(answer):
    """Its numbers, in order: events, runs, duplicates, ignored."""
    assert answer.status_code == 200, answer.text
    return [answer.json()[name] for name in ("events", "runs", "duplicates", "ignored")]


def read(sender):
    return {"sender": {"id": sender}, "recipient": {"id": "0"}, "timestamp": 1_790_000_000_000, "read": {"mid": "m"}}


def mixed(instagram, numbers):
    """An entry with five updates for each number: a message, a postback, a comment, and two that are no events."""
    return entry(
        instagram,
        messaging=[each for number in numbers for each in (
            message(f"writer-{number}", f"m{number}"), read(f"reader-{number}"),
            postback(f"presser-{number}", f"p{number}"))],
        changes=[each for number in numbers for each in (
            comment(f"commenter-{number}", f"c{number}"), {"field": "mentions", "value": {"media_id": str(number)}})])


def contacts(client, account):
    """Whose runs there are, by scenario."""
    found = {}
    for scenario in ("message", "postback", "comment"):
        answer = client.get(f"/v1/accounts/{account}/scenarios/{scenario}/runs?newest=1000")
        found[scenario] = sorted(run["contact"] for run in answer.json()["runs"])
    return found


def started_by(*numbers):
    return {scenario: sorted(f"{who}-{number}" for number in numbers) for scenario, who in
            [("message", "writer"), ("postback", "presser"), ("comment", "commenter")]}


def test_a_thousand_updates_of_19_accounts_and_of_one_that_nobody_linked(redis, client, account):
    accounts = [f"{account}-{number}" for number in range(19)]
    ids = [*(set_up(client, each) for each in accounts), instagram_id()]
    entries = [mixed(ids[number % 20], [number]) for number in range(200)]
    before = tally(client)
    assert receipt(deliver(client, body(*entries))) == [570, 570, 0, 430]
    assert tally(client) - before == {"taken": 570, "unknown_account": 30, "read": 200, "mention_without_sender": 200}
    for place, each in enumerate(accounts):
        assert contacts(client, each) == started_by(*range(place, 200, 20))


def test_a_thousand_events_of_one_account(redis, client, account):
    """More than one call of Redis takes."""
    instagram = set_up(client, account)
    messages = [message(f"writer-{number}", f"m{number}") for number in range(1_000)]
    assert receipt(deliver(client, body(entry(instagram, messaging=messages)))) == [1_000, 1_000, 0, 0]
    assert receipt(deliver(client, body(entry(instagram, messaging=messages)))) == [1_000, 0, 1_000, 0]
    assert len(contacts(client, account)["message"]) == 1_000


def test_an_entry_for_each_update(client, account):
    instagram = set_up(client, account)
    entries = [entry(instagram, messaging=[message(f"writer-{number}", f"m{number}")]) for number in range(1_000)]
    assert receipt(deliver(client, body(*entries))) == [1_000, 1_000, 0, 0]


def test_several_ids_of_one_account(redis, client, account):
    """The same event under two of them, as with two kinds of login, is one."""
    ids = [set_up(client, account), instagram_id()]
    run("channel", "link", account, "instagram", ids[1], redis=redis)
    entries = [entry(id, changes=[comment("ann", "c1")]) for id in ids]
    assert receipt(deliver(client, body(*entries))) == [2, 1, 1, 0]


def test_the_same_event_twice_in_a_webhook_is_one(redis, client, account):
    instagram = set_up(client, account)
    twice = [mixed(instagram, range(20)), mixed(instagram, range(20))]
    before = tally(client)
    assert receipt(deliver(client, body(*twice))) == [120, 60, 60, 80]
    assert tally(client) - before == {"taken": 60, "duplicate": 60, "read": 40, "mention_without_sender": 40}
    assert contacts(client, account) == started_by(*range(20))


def test_a_message_that_two_apps_are_told_of_is_one(client, account):
    """As an element of `messaging`, of `standby` and of `changes`."""
    instagram = set_up(client, account)
    said = message("ann", "m1")
    raw = body(entry(instagram, messaging=[said], standby=[said], changes=[{"field": "messages", "value": said}]))
    assert receipt(deliver(client, raw)) == [3, 1, 2, 0]


def test_redelivered_webhooks_are_known_whatever_their_order_and_grouping(redis, client, account):
    instagram = set_up(client, account)
    events = [message(f"writer-{number}", f"m{number}") for number in range(30)]
    assert receipt(deliver(client, body(entry(instagram, messaging=events)))) == [30, 30, 0, 0]
    shuffled = random.Random(6).sample(events, 30)
    assert receipt(deliver(client, body(entry(instagram, messaging=shuffled)))) == [30, 0, 30, 0]
    for part in (shuffled[:7], shuffled[7:]):
        more = message("late", f"late-{len(part)}")
        assert receipt(deliver(client, body(entry(instagram, messaging=[more, *part]))))[2:] == [len(part), 0]
    assert scenario(redis, account, "message")["started"] == 31


def test_a_duplicate_leaves_no_trace_in_the_history(client, account):
    instagram = set_up(client, account)
    for _ in range(3):
        assert deliver(client, body(entry(instagram, changes=[comment("ann", "c1")]))).status_code == 200
    assert len(told(client, account, "ann")["records"]) == 1


def test_the_same_webhook_many_times_at_once_starts_one_run(redis, service, client, account):
    instagram = set_up(client, account)
    raw = body(mixed(instagram, range(5)))
    other = Service(redis.url, environment=ENVIRONMENT)
    try:
        def send(to):
            with Client(to) as sender:
                return receipt(deliver(sender, raw))

        with concurrent.futures.ThreadPoolExecutor(8) as senders:
            answers = list(senders.map(send, [service, other] * 8))
    finally:
        other.close()
    assert [sum(numbers) for numbers in zip(*answers)] == [16 * 15, 15, 15 * 15, 16 * 10]
    assert contacts(client, account) == started_by(*range(5))


@pytest.mark.parametrize("elements", [
    {"messaging": [message("ann", "1787")], "changes": [comment("ann", "1787")]},
    {"messaging": [message("ann", "1787"), postback("ann", "1787")]},
    {"messaging": [message("ann", "1787"), message("ann", "1787", reply_to={"story": {"id": "5"}})]},
], ids=["message and comment", "message and postback", "message and story reply"])
def test_one_id_of_two_kinds_is_two_events(client, account, elements):
    instagram = set_up(client, account)
    assert receipt(deliver(client, body(entry(instagram, **elements)))) == [2, 2, 0, 0]


def test_one_id_in_two_accounts_is_two_events(client, account):
    ids = [set_up(client, each) for each in (account, f"{account}-other")]
    assert receipt(deliver(client, body(*(entry(id, changes=[comment("ann", "c1")]) for id in ids)))) == [2, 2, 0, 0]


def test_ids_are_compared_as_a_whole(client, account):
    """Meta's are long, and begin alike."""
    instagram = set_up(client, account)
    ids = ["m" * 300, "m" * 299, "m" * 299 + "n", "M" * 300, "m" * 300 + " "]
    events = [message(f"writer-{number}", id) for number, id in enumerate(ids)]
    assert receipt(deliver(client, body(entry(instagram, messaging=events)))) == [5, 5, 0, 0]


def without_id(what):
    """Ten events of ten contacts that are alike but for who did it."""
    makers = {
        "message": lambda who: message(who, None),
        "message with an empty id": lambda who: message(who, ""),
        "postback": lambda who: postback(who, None),
        "comment": lambda who: comment(who, None),
    }
    return [makers[what](f"contact-{number}") for number in range(10)]


@pytest.mark.parametrize("what", ["message", "message with an empty id", "postback", "comment"])
def test_events_without_an_id_are_never_merged(client, account, what):
    instagram = set_up(client, account)
    place = "changes" if what == "comment" else "messaging"
    raw = body(entry(instagram, **{place: without_id(what)}))
    assert receipt(deliver(client, raw)) == [10, 10, 0, 0]
    assert receipt(deliver(client, raw)) == [10, 0, 0, 0], "new events, of contacts that are busy"
    assert [[reaction["reaction"] for reaction in record["event"]["reactions"]]
            for record in told(client, account, "contact-3")["records"]] == [["busy"], ["started"]]


def test_an_account_that_is_unknown_now_may_be_linked_later(redis, client, account):
    """What came before is lost; Meta keeps nothing."""
    unknown = instagram_id()
    raw = body(entry(unknown, changes=[comment("ann", "c1")]))
    before = tally(client)
    assert receipt(deliver(client, raw)) == [0, 0, 0, 1]
    assert tally(client) - before == {"unknown_account": 1}
    set_up(client, account)
    run("channel", "link", account, "instagram", unknown, redis=redis)
    assert receipt(deliver(client, raw)) == [1, 1, 0, 0], "it was not taken for seen"


@pytest.mark.parametrize("id", ["", " ", "\u0000", "{acct}", "a b", "1" * 65, "é", "-1", "*", "instagram:1"])
def test_ids_that_nobody_can_link(client, id):
    raw = json.dumps({"object": "instagram", "entry": [{"id": id, "messaging": [message("ann", "m")]}]}).encode()
    before = tally(client)
    assert receipt(deliver(client, raw)) == [0, 0, 0, 1]
    assert tally(client) - before == {"unknown_account" if id else "malformed": 1}
