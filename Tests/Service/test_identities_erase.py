"""R12, erasing: the count stays, the identity is gone from all of Redis, and who comes back is not counted twice."""

import json
import urllib.parse

import pytest

from identities import WITH_KEY, annabel, erase, eraser, keyed, traces
from reservations import ask, limit, reserve, settle, standing, usage
from service import eventually, run

NOBODY = {"erased": False, "periods": [], "campaigns": [], "scenarios": []}


@pytest.mark.parametrize("contact", ["annabel", "17841400008460056", "zoë/1 +%41"])
def test_the_count_stays_and_the_identity_is_gone(redis, eraser, account, contact):
    limit(eraser, account, 2)
    for each in (contact, "17841400008460057"):
        assert eraser.activate(account, each).json()["verdict"] == "activated"
    period = usage(eraser, account)["period"]
    assert traces(redis, contact) == [f"hc:{{{account}}}:{period}"]
    path = urllib.parse.quote(contact, safe="")
    answer = eraser.delete(f"/v1/accounts/{account}/contacts/{path}")
    assert answer.json() == {"account": account, "erased": True, "periods": [period], "campaigns": [], "scenarios": []}
    assert contact not in answer.text, "nor does the answer have it"
    assert traces(redis, contact) == []
    assert redis.cli("SISMEMBER", f"hc:{{{account}}}:{period}", "17841400008460057") == "1"
    assert standing(eraser, account) == (2, 0)
    assert redis.cli("SCARD", f"hc:{{{account}}}:{period}") == "2"
    assert int(redis.cli("TTL", f"hc:{{{account}}}:{period}")) > 0

    assert eraser.activate(account, contact).json()["verdict"] == "already_activated", "they come back"
    assert ask(eraser, account, contact).json()["verdict"] == "already_activated"
    assert eraser.activate(account, "somebody else").json()["verdict"] == "limit_reached"
    assert standing(eraser, account) == (2, 0)
    assert traces(redis, contact) == []
    assert erase(eraser, account, path) == NOBODY


def test_who_was_erased_is_in_no_list_and_nothing_stands_there_instead(redis, service, eraser, account, annabel):
    eraser.activate(account, annabel)
    eraser.activate(account, "bob")
    erase(eraser, account, annabel)
    assert eraser.get(f"/v1/accounts/{account}/contacts").json()["contacts"] == ["bob"]
    assert run("contacts", "list", account, redis=redis).stdout == "bob\n"
    assert usage(eraser, account)["used"] == 2
    assert eraser.get(f"/v1/accounts/{account}/history").json()["periods"][0]["used"] == 2


def test_many_in_one_command_stay_counted(redis, eraser, account):
    contacts = [f"person-{number}" for number in range(40)]
    limit(eraser, account, len(contacts))
    body = {"contacts": contacts, "by": "campaign:x"}
    assert eraser.post(f"/v1/accounts/{account}/activations", json=body).json()["activated"] == len(contacts)
    done = run("contacts", "erase", account, *contacts, "--yes", redis=redis, environment=WITH_KEY)
    assert done.stdout == "".join(f"{contact}\terased\n" for contact in contacts)
    answer = eraser.post(f"/v1/accounts/{account}/activations", json=body).json()
    assert (answer["alreadyActivated"], answer["used"]) == (len(contacts), len(contacts))
    assert traces(redis, "person-") == []


def test_earlier_periods_forget_too(redis, eraser, account, annabel):
    eraser.activate(account, annabel)
    period = usage(eraser, account)["period"]
    year, month = map(int, period.split("-"))
    before = f"{year - (month == 1)}-{(month - 2) % 12 + 1:02}"
    redis.cli("SADD", f"hc:{{{account}}}:{before}", annabel, "bob")
    assert erase(eraser, account, annabel) == {"erased": True, "periods": [period, before], "campaigns": [], "scenarios": []}
    assert traces(redis, annabel) == []
    assert redis.cli("SCARD", f"hc:{{{account}}}:{before}") == "2"
    redis.cli("SADD", f"hc:{{{account}}}:{before}", "cleo")
    assert erase(eraser, account, "cleo")["periods"] == [before], "of somebody who came no more"


def test_a_contact_that_is_held_can_be_confirmed_after_it_was_erased(redis, eraser, account, annabel):
    limit(eraser, account, 1)
    token = reserve(eraser, account, annabel)["token"]
    assert erase(eraser, account, annabel)["erased"] is True
    assert traces(redis, annabel) == []
    assert standing(eraser, account) == (0, 1)
    assert settle(eraser, account, "confirm", token) == "activated"
    assert standing(eraser, account) == (1, 0)
    assert eraser.activate(account, annabel).json()["verdict"] == "already_activated"
    assert traces(redis, annabel) == []


def test_a_contact_that_is_held_can_be_released_after_it_was_erased(eraser, account, annabel):
    token = reserve(eraser, account, annabel)["token"]
    erase(eraser, account, annabel)
    assert settle(eraser, account, "release", token) == "released"
    assert standing(eraser, account) == (0, 0)


def test_who_is_held_is_erased_and_comes_back_counts_once(eraser, account, annabel):
    token = reserve(eraser, account, annabel)["token"]
    erase(eraser, account, annabel)
    eraser.activate(account, annabel)
    settle(eraser, account, "confirm", token)
    assert standing(eraser, account) == (1, 0)


def test_who_is_held_is_erased_and_is_held_again_takes_one_slot(eraser, account, annabel):
    first = reserve(eraser, account, annabel)["token"]
    erase(eraser, account, annabel)
    second = reserve(eraser, account, annabel)["token"]
    assert standing(eraser, account) == (0, 1)
    settle(eraser, account, "confirm", [first, second])
    assert standing(eraser, account) == (1, 0)


def test_who_was_refused_left_no_trace_to_erase(redis, eraser, account, annabel):
    limit(eraser, account, 0)
    assert eraser.activate(account, annabel).json()["verdict"] == "limit_reached"
    assert traces(redis, annabel) == []
    assert erase(eraser, account, annabel) == NOBODY
    assert usage(eraser, account)["refusedContacts"] == 1


def test_both_names_of_who_was_merged_are_gone(redis, eraser, account, annabel):
    for contact in (annabel + "@example.com", annabel):
        eraser.activate(account, contact)
    body = {"from": annabel + "@example.com", "into": annabel}
    assert eraser.post(f"/v1/accounts/{account}/contacts/merge", json=body).status_code == 200
    assert erase(eraser, account, annabel)["erased"] is True
    assert traces(redis, annabel) == []
    for contact in body.values():
        assert eraser.activate(account, contact).json()["verdict"] == "already_activated"
    assert standing(eraser, account) == (2, 0)


def test_the_other_name_of_who_was_merged_can_be_erased_alone(redis, eraser, account, annabel):
    eraser.activate(account, "old-name")
    eraser.post(f"/v1/accounts/{account}/contacts/merge", json={"from": "old-name", "into": annabel})
    assert erase(eraser, account, "old-name")["erased"] is True
    assert traces(redis, "old-name") == []
    assert eraser.get(f"/v1/accounts/{account}/contacts").json()["contacts"] == [annabel]
    for contact in ("old-name", annabel):
        assert eraser.activate(account, contact).json()["verdict"] == "already_activated"
    assert standing(eraser, account) == (1, 0)


def test_somebody_called_merge(redis, eraser, account):
    eraser.activate(account, "merge")
    path = f"/v1/accounts/{account}/contacts/merge"
    assert eraser.get(path).json()["activated"] is True
    assert erase(eraser, account, "merge")["erased"] is True
    assert traces(redis, "merge", f"*{{{account}}}:2*") == []
    assert (standing(eraser, account), erase(eraser, account, "merge")) == ((1, 0), NOBODY)


# Campaigns


def campaign(client, account, action, contacts):
    body = {"id": "spring", "action": action, "contacts": contacts}
    answer = client.post(f"/v1/accounts/{account}/campaigns", json=body)
    assert answer.status_code == 201, answer.text


def report(client, account):
    lines = client.get(f"/v1/accounts/{account}/campaigns/spring/report").text.splitlines()
    return sorted((str(line["contact"]), line["outcome"]) for line in map(json.loads, lines))


def test_a_campaign_does_not_reach_who_was_erased(redis, eraser, account, annabel, action, start_worker):
    send = action()
    campaign(eraser, account, send.url, [annabel, "bob", "cleo"])
    assert erase(eraser, account, annabel) == {"erased": True, "periods": [], "campaigns": ["spring"], "scenarios": []}
    assert report(eraser, account) == [("None", "skipped"), ("bob", "waiting"), ("cleo", "waiting")]
    start_worker()
    assert eventually(lambda: state(eraser, account) == "finished")
    assert sorted(send.contacts) == ["bob", "cleo"]
    assert report(eraser, account) == [("None", "skipped"), ("bob", "sent"), ("cleo", "sent")]
    assert erase(eraser, account, "bob")["campaigns"] == ["spring"]
    assert report(eraser, account) == [("None", "sent"), ("None", "skipped"), ("cleo", "sent")]
    assert traces(redis, annabel) == traces(redis, "bob", f"*{{{account}}}*") == []


def state(client, account):
    return client.get(f"/v1/accounts/{account}/campaigns/spring").json()["state"]


def test_nothing_of_who_was_erased_is_left_in_the_queue_of_a_campaign(redis, eraser, account, annabel):
    campaign(eraser, account, "http://127.0.0.1:9/", [annabel, "bob", "cleo"])
    assert eraser.post(f"/v1/accounts/{account}/campaigns/spring/pause").status_code == 200
    erase(eraser, account, annabel)
    # What commands show: Redis marks a stream's entry as gone, and reuses its bytes later (docs/operations.md).
    queue = f"hc:{{{account}}}:campaign:spring:queue"
    shown = redis.cli("XRANGE", queue, "-", "+")
    assert annabel not in shown and "bob" in shown
    assert [key for key in traces(redis, annabel) if not key.endswith(":queue")] == []
