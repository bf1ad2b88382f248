"""Whatever is signed and sent as a webhook of Instagram is read as far as it can be, or refused, and harms nothing."""

import json

import pytest

from hostile import MIB
from service import Service
from webhooks import (
    ENVIRONMENT, body, comment, deliver, entry, instagram_id, message, postback, set_up, signature, tally, told)

PATH = "/webhooks/instagram"
SENDER = "6789012345678901"


@pytest.fixture(scope="module")
def service(redis):
    service = Service(redis.url, "--metrics", environment=ENVIRONMENT)
    yield service
    service.close()


@pytest.fixture(autouse=True)
def unharmed(service, client, account):
    """After each test an ordinary webhook starts a run."""
    yield
    instagram = set_up(client, f"{account}-unharmed", kinds=["message"])
    assert deliver(client, body(entry(instagram, [message("ann", "m1")]))).json()["runs"] == 1
    assert service.process.poll() is None


def nested(depth):
    return "[" * depth + "]" * depth


@pytest.mark.parametrize("raw, kind", [
    (b"", "malformed_json"),
    (b"{", "malformed_json"),
    (b"entry", "malformed_json"),
    (b"\x00" * 100, "malformed_json"),
    (b'{"object":"instagram","entry":[}', "malformed_json"),
    (b'{"object":"instagram","entry":[]} x', "malformed_json"),
    (b'{"object":"instagram","entry":[]}{}', "malformed_json"),
    (b"\xef\xbb\xbf" + b'{"object":"instagram","entry":[]}', "malformed_json"),
    (b"object=instagram&entry=1", "malformed_json"),
    (b"[" * 1_000_000, "malformed_json"),
    (b'{"entry":' * 100_000, "malformed_json"),
    (b"null", "invalid_body"),
    (b"5", "invalid_body"),
    (b'"entry"', "invalid_body"),
    (b"{}", "invalid_body"),
    (b"[]", "invalid_body"),
    (b"[[]]", "invalid_body"),
    (b'{"object":"instagram"}', "invalid_body"),
    (b'{"object":"instagram","entry":null}', "invalid_body"),
    (b'{"object":"instagram","entry":{}}', "invalid_body"),
    (b'{"field":"comments"}', "invalid_body"),
    (nested(30_000).encode(), "invalid_body"),
])
def test_what_has_no_entries_is_refused(client, raw, kind):
    before = tally(client)
    answer = deliver(client, raw)
    assert (answer.status_code, answer.json()["type"]) == (400, f"/problems/{kind}")
    assert tally(client) - before == {"refused: malformed": 1}


@pytest.mark.parametrize("text, labels", [
    ('{"object":"instagram","entry":[]}', {}),
    ('{"object":"instagram","entry":[{}]}', {"malformed": 1}),
    ('{"object":"instagram","entry":[null,5,"x",[],{}]}', {"malformed": 5}),
    ('{"object":"instagram","entry":[{"id":"ID"}]}', {"unknown_kind": 1}),
    ('{"object":"instagram","entry":[{"id":"ID","time":5}]}', {"unknown_kind": 1}),
    ('{"object":"instagram","entry":[{"id":"ID","changed_fields":["comments"]}]}', {"unknown_kind": 1}),
    ('{"object":"instagram","entry":[{"id":"ID","messaging":[]}]}', {}),
    ('{"object":"instagram","entry":[{"id":"ID","messaging":{},"standby":5,"changes":"x"}]}', {"malformed": 3}),
    ('{"object":"instagram","entry":[{"id":"ID","messaging":[null,5,[],"x"]}]}', {"malformed": 4}),
    ('{"object":"instagram","entry":[{"id":"ID","messaging":[{}]}]}', {"unknown_kind": 1}),
    ('{"object":"instagram","entry":[{"id":"ID","changes":[null,{},{"field":5},{"field":null}]}]}', {"malformed": 4}),
    ('{"object":"instagram","entry":[{"id":{},"messaging":[{}]}]}', {"malformed": 1}),
    ('{"object":"page","entry":[{"id":"ID","messaging":[{},{}]},{"id":"2"}]}', {"other_object": 2}),
    ('{"object":5,"entry":[null]}', {"other_object": 1}),
    ('{"entry":[{"id":"ID"}]}', {"other_object": 1}),
    ('[{"object":"instagram","entry":[]},5,{}]', {"malformed": 2}),
    (f'{{"object":"instagram","entry":{nested(100_000)}}}', {"malformed": 1}),
    (f'{{"object":"instagram","entry":[{{"id":"ID","messaging":{nested(60)}}}]}}', {"malformed": 1}),
    (f'{{"object":"instagram","entry":[{{"id":"ID","messaging":[{"5," * 50_000}5]}}]}}', {"malformed": 50_001}),
])
def test_what_tells_of_nothing_is_answered_200_and_counted(client, account, text, labels):
    instagram = set_up(client, account)
    before = tally(client)
    answer = deliver(client, text.replace("ID", instagram).encode())
    assert answer.status_code == 200, answer.text
    assert answer.json() == {"events": 0, "runs": 0, "duplicates": 0, "ignored": sum(labels.values())}
    assert tally(client) - before == labels


@pytest.mark.parametrize("timestamp", ["yesterday", {}, -1, True, None])
def test_a_time_that_cannot_be_read_keeps_no_event_off(client, account, timestamp):
    instagram = set_up(client, account)
    element = {"sender": {"id": SENDER}, "timestamp": timestamp, "message": {"mid": "m", "text": "hi"}}
    assert deliver(client, body(entry(instagram, messaging=[element]))).json()["runs"] == 1


@pytest.mark.parametrize("element", [
    {"message": {"mid": "m"}},
    {"sender": 5, "message": {"mid": "m"}},
    {"sender": {}, "message": {"mid": "m"}},
    {"sender": {"id": ""}, "message": {"mid": "m"}},
    {"sender": {"id": -1}, "message": {"mid": "m"}},
    {"sender": {"id": 1.5}, "message": {"mid": "m"}},
    {"sender": {"id": True}, "message": {"mid": "m"}},
    {"sender": {"id": "a\u0000b"}, "message": {"mid": "m"}},
    {"sender": {"id": "a\nb"}, "message": {"mid": "m"}},
    {"sender": {"id": "x" * 257}, "message": {"mid": "m"}},
    {"sender": {"user_ref": "1"}, "postback": {"title": "t"}},
    {"sender": {"id": SENDER}, "message": 5},
    {"sender": {"id": SENDER}, "message": {"mid": {}}},
    {"sender": {"id": SENDER}, "message": {"mid": "m", "text": 5}},
    {"sender": {"id": SENDER}, "message": {"mid": "m", "is_echo": "true"}},
    {"sender": {"id": SENDER}, "message": {"mid": "m", "attachments": {}}},
    {"sender": {"id": SENDER}, "message": {"mid": "m", "reply_to": "story"}},
    {"sender": {"id": SENDER}, "postback": "PAYLOAD"},
])
def test_a_malformed_update_spoils_nothing_around_it(client, account, element):
    instagram = set_up(client, account)
    before = tally(client)
    raw = body(entry(instagram, [message("ann", "m1"), element, message("bob", "m2")]))
    assert deliver(client, raw).json() == {"events": 2, "runs": 2, "duplicates": 0, "ignored": 1}
    assert tally(client) - before == {"taken": 2, "malformed": 1}
    assert told(client, account, SENDER)["records"] == []


def test_bytes_that_are_no_utf_8_spoil_only_their_update(client, account):
    raw = body(entry(set_up(client, account), [message("ann", "m1", "TEXT"), message("bob", "m2")]))
    answer = deliver(client, raw.replace(b"TEXT", b"\xff\xfe"))
    assert answer.json() == {"events": 1, "runs": 1, "duplicates": 0, "ignored": 1}


@pytest.mark.parametrize("escaped", [
    "\\ud83c", "\\udf89", "\\udf89\\ud83c", "half \\ud83c of it", "\\u0000", "\\ud83c\\ud83c\\udf89"])
def test_half_surrogates_and_other_odd_texts(client, account, escaped):
    """Meta cuts long texts where it likes."""
    raw = body(entry(set_up(client, account), [message("ann", "m1", "TEXT")])).replace(b"TEXT", escaped.encode())
    assert deliver(client, raw).json()["runs"] == 1
    assert [run["state"] for run in told(client, account, "ann")["runs"]] == ["waiting"]


@pytest.mark.parametrize("id", ["a b", "a=b c=started:9", "\n", "\u202e", "\U0001f389", "e 1 message x", "'\"\\<b>"])
def test_an_events_id_forges_nothing_in_the_history(client, account, id):
    instagram = set_up(client, account)
    raw = body(entry(instagram, [message("ann", id)]))
    assert deliver(client, raw).json()["runs"] == 1
    assert deliver(client, raw).json()["duplicates"] == 1
    record, = told(client, account, "ann")["records"]
    assert record["event"]["kind"] == "message"
    assert record["event"]["reactions"] == [{"scenario": "message", "reaction": "started", "run": 1}]
    assert "\n" not in record["event"]["id"] and "\u202e" not in record["event"]["id"]


def test_the_history_tells_events_apart_by_their_ids(client, account):
    """Meta's have about 180 characters, and in one conversation only the last ones differ."""
    ids = ["m" * 179 + last for last in "ab"]
    instagram = set_up(client, account)
    raw = body(entry(instagram, [message("ann", id) for id in ids]))
    assert deliver(client, raw).json()["events"] == 2
    assert [record["event"]["id"] for record in told(client, account, "ann")["records"]] == ids[::-1]


@pytest.mark.parametrize("contact", ["a b", "{other}", "a:b", "*", "\u202e", "\U0001f389", "'\"\\<b>", "..", "x" * 256])
def test_contacts_are_who_they_are(client, account, contact):
    instagram = set_up(client, account)
    assert deliver(client, body(entry(instagram, [message(contact, "m1")]))).json()["runs"] == 1
    run, = client.get(f"/v1/accounts/{account}/scenarios/message/runs").json()["runs"]
    assert run["contact"] == contact


def test_unknown_fields_are_ignored_wherever_they_are(client, account):
    new = {"new": {"a": [1, {"b": None}], "c": json.loads(nested(40))}}
    updates = entry(set_up(client, account), [message("ann", "m1") | new, postback("bob", "m2") | new],
                    [comment("cleo", "c1", **new) | new]) | new
    raw = json.dumps({"object": "instagram", "entry": [updates]} | new).encode()
    assert deliver(client, raw).json() == {"events": 3, "runs": 3, "duplicates": 0, "ignored": 0}


def test_texts_and_details_of_any_length(client, account):
    long = message("ann", "m" * 100_000, "\U0001f389" * 100_000, quick_reply={"payload": "p" * 100_000})
    raw = body(entry(set_up(client, account), [long]))
    assert deliver(client, raw).json()["runs"] == 1
    assert deliver(client, raw).json()["duplicates"] == 1


def test_five_mebibytes_are_too_much(client, account):
    raw = body(entry(set_up(client, account), [message("ann", "m1", "x" * 5 * MIB)]))
    before = tally(client)
    answer = deliver(client, raw)
    assert (answer.status_code, answer.json()["type"]) == (413, "/problems/content_too_large")
    assert tally(client) - before == {"refused: too_large": 1}
    assert told(client, account, "ann")["records"] == []


def test_four_mebibytes_are_taken(client, account):
    raw = body(entry(set_up(client, account), [message("ann", "m1", "")]))
    raw = raw.replace(b'"text": ""', b'"text": "' + b"x" * (4 * MIB - len(raw)) + b'"')
    assert len(raw) == 4 * MIB
    assert deliver(client, raw).json()["runs"] == 1


@pytest.mark.parametrize("content_type", [
    "text/plain", "application/json; charset=utf-8", "multipart/form-data; boundary=x", ""])
def test_the_content_type_makes_no_difference(client, account, content_type):
    """What was signed is the body."""
    raw = body(entry(set_up(client, account), [message("ann", "m1")]))
    headers = {"X-Hub-Signature-256": signature(raw), "Content-Type": content_type}
    assert client.post(PATH, data=raw, headers=headers).json()["runs"] == 1


def test_a_body_in_chunks(client, account):
    raw = body(entry(set_up(client, account), [message("ann", "m1")]))
    parts = iter([raw[:10], raw[10:]])
    assert client.post(PATH, data=parts, headers={"X-Hub-Signature-256": signature(raw)}).json()["runs"] == 1


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_other_methods(client, method):
    raw = body(entry(instagram_id(), [message("ann", "m1")]))
    answer = client.request(method, PATH, data=raw, headers={"X-Hub-Signature-256": signature(raw)})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET, HEAD, POST")
