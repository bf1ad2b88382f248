"""Each shape in which Meta documents that somebody did something starts one run, and the action is told all of it.

Sources: "Instagram Platform Webhook Notification Examples" and "Webhooks for Instagram Messaging" at
developers.facebook.com.
"""

import json

import pytest

from action_server import ActionServer
from service import Service, eventually
from webhooks import ENVIRONMENT, deliver, set_up, told
from worker import Worker

SENDER = "6789012345678901"
MID = "aWdfZAG1faXRlbToxOklHTWVzc2FnZAUlEOjE3ODQxNDAwMDA4"
COMMENT = "17870913679156914"
COMMENTED = {"id": COMMENT, "from": {"id": SENDER, "username": "ann"}, "text": "coupon please",
             "media": {"id": "17918195224117851", "media_product_type": "FEED"}}
COMMENT_DETAILS = {"media": "17918195224117851", "media_product_type": "FEED", "username": "ann"}


@pytest.fixture(scope="module")
def service(redis):
    service = Service(redis.url, "--metrics", environment=ENVIRONMENT)
    yield service
    service.close()


@pytest.fixture(scope="module")
def server():
    server = ActionServer()
    yield server
    server.close()


@pytest.fixture(scope="module", autouse=True)
def worker(redis, service):
    worker = Worker(redis)
    yield worker
    worker.close()


def messaging(at=1_569_262_485_349, **fields):
    """An element of `messaging`."""
    return {"sender": {"id": SENDER}, "recipient": {"id": "17841405822304914"}, "timestamp": at, **fields}


def message(**fields):
    return {"messaging": [messaging(message={"mid": MID} | fields)]}


def change(field, value):
    return {"changes": [{"field": field, "value": value}]}


def started(client, server, account, raw):
    """The one event of which the action is told, once a signed webhook with that event alone was taken."""
    answer = deliver(client, raw)
    assert (answer.status_code, answer.json()) == (200, {"events": 1, "runs": 1, "duplicates": 0, "ignored": 0})

    def ended():
        return not told(client, account, SENDER)["runs"]

    assert eventually(ended)
    calls = [request.json for request in list(server.requests) if request.json["account"] == account]
    assert [(call["contact"], call["run"], call["step"]) for call in calls] == [(SENDER, 1, 1)]
    event = calls[0]["event"]
    heard, = (record["event"] for record in told(client, account, SENDER)["records"] if "event" in record)
    reaction = {"scenario": event["kind"], "reaction": "started", "run": 1}
    assert heard == {"kind": event["kind"], "id": event["id"], "reactions": [reaction]}
    return event


@pytest.mark.parametrize("fields, kind, text, details", [
    (message(text="Hi there"), "message", "Hi there", {}),
    (message(text="Red", quick_reply={"payload": "RED"}), "message", "Red", {"payload": "RED"}),
    (message(text="nice", reply_to={"story": {"url": "https://cdn/s", "id": "1795"}}), "story_reply", "nice",
     {"story": "1795", "story_url": "https://cdn/s"}),
    (message(attachments=[{"type": "image", "payload": {"url": "https://cdn/i"}}],
             reply_to={"story": {"url": "https://cdn/s", "id": "1795"}}), "story_reply", None,
     {"story": "1795", "story_url": "https://cdn/s", "attachments": "image", "attachment_url": "https://cdn/i"}),
    (message(attachments=[{"type": "story_mention", "payload": {"url": "https://cdn/s"}}]), "mention", None,
     {"attachments": "story_mention", "attachment_url": "https://cdn/s"}),
    (message(text="yes", reply_to={"mid": "m_0"}), "message", "yes", {"reply_to": "m_0"}),
    (message(attachments=[{"type": "image", "payload": {"url": "https://cdn/i"}}, {"type": "video", "payload": {}}]),
     "message", None, {"attachments": "image,video", "attachment_url": "https://cdn/i"}),
    (message(attachments=[{"type": "ephemeral"}]), "message", None, {"attachments": "ephemeral"}),
    (message(attachments=[{"type": "ig_reel", "payload": {"reel_video_id": "5", "url": "https://cdn/r"}}]), "message",
     None, {"attachments": "ig_reel", "attachment_url": "https://cdn/r"}),
    (message(is_unsupported=True), "message", None, {"is_unsupported": "true"}),
    (message(text="hi", referral={"ref": "spring", "ad_id": 120210, "source": "ADS", "type": "OPEN_THREAD"}), "message",
     "hi", {"ref": "spring", "ad_id": "120210"}),
    (message(text="hi", referral={"product": {"id": "42"}}), "message", "hi", {"product": "42"}),
    ({"messaging": [messaging(postback={"mid": MID, "title": "Prices", "payload": "PRICES"})]}, "postback", "Prices",
     {"payload": "PRICES"}),
    ({"standby": [messaging(message={"mid": MID, "text": "hi"})]}, "message", "hi", {}),
    (change("messages", messaging(message={"mid": MID, "text": "hi"})), "message", "hi", {}),
    (change("messaging_postbacks", messaging(postback={"mid": MID, "title": "Prices"})), "postback", "Prices", {}),
    (change("standby", messaging(message={"mid": MID, "text": "hi"})), "message", "hi", {}),
], ids=[
    "message", "quick reply", "story reply", "story reply with a picture", "story mention", "reply to a message",
    "pictures", "ephemeral", "reel", "unsupported", "from an ad", "from a shop", "postback", "standby",
    "messages as a change", "postback as a change", "standby as a change"])
def test_messages_and_postbacks(client, server, account, fields, kind, text, details):
    entry = {"id": set_up(client, account, server.url), "time": 1_569_262_486_134}
    raw = json.dumps({"object": "instagram", "entry": [entry | fields]}).encode()
    assert started(client, server, account, raw) == {
        "kind": kind, "id": MID, "text": text, "details": details, "at": "2019-09-23T18:14:45Z"}


@pytest.mark.parametrize("fields, details", [
    (change("comments", COMMENTED), {"field": "comments"}),
    (change("live_comments", COMMENTED), {"field": "live_comments"}),
    (change("comments", [COMMENTED]), {"field": "comments"}),
    ({"field": "comments", "value": COMMENTED}, {"field": "comments"}),
    ({"field": "live_comments", "value": COMMENTED}, {"field": "live_comments"}),
    (change("comments", COMMENTED | {
        "id": None, "comment_id": COMMENT, "parent_id": "1787",
        "media": COMMENTED["media"] | {"ad_id": "1202", "ad_title": "Spring", "original_media_id": "1791"}}),
     {"field": "comments", "parent_id": "1787", "ad_id": "1202", "ad_title": "Spring", "original_media_id": "1791"}),
], ids=["comment", "live comment", "value as an array", "Business Login", "live, Business Login", "answer on an ad"])
def test_comments(client, server, account, fields, details):
    """They have no time of their own: it is when Meta sent them."""
    entry = {"id": set_up(client, account, server.url), "time": 1_569_262_486}
    raw = json.dumps({"object": "instagram", "entry": [entry | fields]}).encode()
    assert started(client, server, account, raw) == {
        "kind": "comment", "id": COMMENT, "text": "coupon please", "details": COMMENT_DETAILS | details,
        "at": "2019-09-23T18:14:46Z"}


def test_a_comment_without_a_text(client, server, account):
    """As one that is only a sticker."""
    value = {"id": COMMENT, "from": {"id": SENDER}}
    entry = {"id": set_up(client, account, server.url), "time": 1_569_262_486} | change("comments", value)
    event = started(client, server, account, json.dumps({"object": "instagram", "entry": [entry]}).encode())
    assert (event["text"], event["details"]) == (None, {"field": "comments"})


@pytest.mark.parametrize("time, timestamp", [
    (1_569_262_486, 1_569_262_485), (1_569_262_486_134, 1_569_262_485_349), ("1569262486", "1569262485"),
    ("1569262486134", "1569262485349"), (1_569_262_485, None), ("1569262485349", None),
])
def test_times_are_seconds_or_milliseconds_and_numbers_or_strings(client, server, account, time, timestamp):
    entry = {"id": set_up(client, account, server.url), "time": time}
    entry["messaging"] = [messaging(timestamp, message={"mid": MID, "text": "hi"})]
    raw = json.dumps({"object": "instagram", "entry": [entry]}).encode()
    assert started(client, server, account, raw)["at"] == "2019-09-23T18:14:45Z"


@pytest.mark.parametrize("fields, kind, id", [
    (message(text="hi", mid=99_999_999_999_999_999_999), "message", "99999999999999999999"),
    (change("comments", COMMENTED), "comment", COMMENT),
])
def test_ids_are_strings_or_numbers_and_keep_their_digits(client, server, account, fields, kind, id):
    entry = {"id": int(set_up(client, account, server.url)), "time": 1_569_262_486} | fields
    raw = json.dumps({"object": "instagram", "entry": [entry]}).replace(f'"{SENDER}"', SENDER)
    raw = raw.replace(f'"{COMMENT}"', COMMENT)
    event = started(client, server, account, raw.encode())
    assert (event["kind"], event["id"]) == (kind, id)


def test_a_body_that_is_an_array(client, server, account):
    """As Meta's examples show it."""
    entry = {"id": set_up(client, account, server.url), "time": 1_569_262_486} | message(text="hi")
    raw = json.dumps([{"object": "instagram", "entry": [entry]}]).encode()
    assert started(client, server, account, raw)["id"] == MID


@pytest.mark.parametrize("text", [
    "h\u00e9 \U0001f389", "\U0001f468\u200d\U0001f469\u200d\U0001f467 \u0130stanbul", "\"\\\n\t"])
@pytest.mark.parametrize("as_ascii", [True, False])
def test_texts_arrive_as_they_were_written(client, server, account, text, as_ascii):
    """Whether beyond ASCII they are escaped, as Meta does, or not."""
    entry = {"id": set_up(client, account, server.url), "time": 1_569_262_486} | message(text=text)
    raw = json.dumps({"object": "instagram", "entry": [entry]}, ensure_ascii=as_ascii).encode()
    assert started(client, server, account, raw)["text"] == text
