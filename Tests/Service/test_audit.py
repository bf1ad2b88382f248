"""What `headcount audit` finds of damage that redis-cli did, and what it mends."""

import json
import shlex

import pytest

from backups import Wire, audit
from campaigns import Campaign, set_plan, usage
from service import Redis, run

ERASING = {"HEADCOUNT_TOMBSTONE_KEY": "a tombstone key of the tests"}


@pytest.fixture
def sound(redis, account):
    """An account with something of everything, with which nothing is wrong."""
    set_plan(redis, account, limit=100)
    run("activate", account, "--by", "campaign:x", "ann", "bob", "cleo", "dora", redis=redis)
    run("contacts", "erase", account, "dora", "--yes", redis=redis, environment=ERASING)
    run("contacts", "merge", account, "ann", "bob", redis=redis, environment=ERASING)
    run("contacts", "merge", account, "x", "y", redis=redis, environment=ERASING)
    run("reserve", account, "--by", "campaign:x", "--lease", 600, "held", "held too", redis=redis, environment=ERASING)
    run("reserve", account, "--by", "campaign:x", "--lease", 0.1, "over", redis=redis, environment=ERASING)
    run("channel", "link", account, "instagram", f"17841{account[5:]}", redis=redis)
    Campaign(redis, account, ["ann"], "http://127.0.0.1:1/")
    assert audit(redis, account) == (0, [])
    return account


# Key or list, damage by commands, what is found, whether it can be mended.
DAMAGES = {
    "statistics lost": (["DEL {m}:stats"], "statistics", "the statistics have 4 fewer", True),
    "a member put in by hand": (["SADD {m} hand"], "statistics", "the statistics have 1 fewer", True),
    "a member taken out by hand": (["SREM {m} cleo"], "statistics", "by the statistics 1 more were", False),
    "all members lost": (["DEL {m}"], "statistics", "by the statistics 4 more were", False),
    "a slot held for nobody": (["HDEL {m}:holders held"], "slots", "1 slots are held for nobody", True),
    "a slot of one that is counted": (
        ["ZADD {m}:held 9990000000000 cleo"], "slots", "1 slots are held for contacts that are counted", True),
    "a slot for ever": (["ZADD {m}:held 9990000000000 held"], "slots", "1 slots are held for longer than any lease", True),
    "held lost": (["DEL {m}:held"], "slots", "2 slots are not held, though their leases go on", True),
    "not in the index": (["SREM hc:accounts:{month} {a}"], "index", "it is not in the index of {month}", True),
    "members never expire": (["PERSIST {m}"], "expiry", "{period} never expires", True),
    "statistics never expire": (["PERSIST {m}:stats"], "expiry", "{period}:stats never expires", True),
    "members expire too early": (["EXPIRE {m} 60"], "expiry", "{period} expires in ", True),
    "the plan expires": (["EXPIRE hc:{{{a}}}:plan 1000"], "expiry", "plan expires in ", True),
    "an automation's key never expires": (
        ["PERSIST hc:{{{a}}}:campaign:spring:jobs"], "expiry", "campaign:spring:jobs never expires", True),
    "a chain of merged contacts": (["HSET {m}:merged y z"], "links", "the merged contact 'x' goes by a name", True),
    "a circle of merged contacts": (["HSET {m}:merged y x"], "links", "goes by its own name in the end", False),
    "a merged contact that leads nowhere": (["HSET {m}:merged x ''"], "links", "a name that no contact can have", False),
    "a campaign that nobody looks at": (
        ["ZREM hc:due:campaigns '{a} spring'"], "due", "campaign:spring has something to do", True),
    "notices that nobody looks at": (
        ["XADD hc:{{{a}}}:outbox * event limit.reached period {period} limit 1 used 1", "EXPIRE hc:{{{a}}}:outbox 9999",
         "ZREM hc:due:notices {a}"], "due", "1 notices wait", True),
    "an Instagram id that leads nowhere": (
        ["HDEL hc:channels:instagram {instagram}"], "channels", "leads nowhere", True),
    "an Instagram id of another": (
        ["HSET hc:channels:instagram {instagram} other"], "channels", "leads to other", False),
    "another type": (["DEL {m}:stats", "SET {m}:stats x", "EXPIRE {m}:stats 9999999"], "type", "is a string, not a hash", False),
    "a zone that there is not": (["HSET hc:{{{a}}}:plan zone Mars/Olympus startDay 1"], "plan", "Mars/Olympus", False),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_damage_is_found_and_mended(redis, sound, name):
    commands, check, words, is_mended = DAMAGES[name]
    period = usage(redis, sound)["period"]
    places = {"m": f"hc:{{{sound}}}:{period}", "a": sound, "period": period, "month": period[:7],
              "instagram": f"17841{sound[5:]}"}
    for command in commands:
        redis.cli(*shlex.split(command.format(**places)))
    members = set(redis.cli("SMEMBERS", places["m"]).splitlines())

    status, found = audit(redis, sound)
    # Of a circle, each has a part.
    assert status == 1 and len(found) == (2 if "circle" in name else 1), found
    assert found[0]["account"] == sound and found[0]["check"] == check and found[0]["wrong"] and not found[0]["mended"]
    assert words.format(**places) in found[0]["what"] and found[0]["means"]
    assert (found[0]["mend"] is not None) == is_mended and bool(found[0]["advice"]) != is_mended

    status, mended = audit(redis, sound, "--mend")
    assert (status, mended[0]["mended"]) == (0 if is_mended else 1, is_mended), mended
    assert {**mended[0], "mended": False} == {**found[0], "what": mended[0]["what"]}
    if is_mended:
        assert audit(redis, sound) == (0, [])
    assert members <= set(redis.cli("SMEMBERS", places["m"]).splitlines()), "nobody who is counted was taken out"


def test_what_is_over_the_limit_is_information(redis, sound):
    set_plan(redis, sound, limit=2)
    status, found = audit(redis, sound)
    assert status == 0 and [(each["check"], each["wrong"]) for each in found] == [("limit", False)]
    assert found[0]["what"] == "4 contacts are counted, and the limit is 2"


def test_what_is_mended_works(redis, sound):
    period = usage(redis, sound)["period"]
    before = usage(redis, sound)
    redis.cli("ZADD", f"hc:{{{sound}}}:{period}:held", 9990000000000, "ghost")
    assert usage(redis, sound)["held"] == before["held"] + 1
    redis.cli("HSET", f"hc:{{{sound}}}:{period}:merged", "y", "z")
    assert audit(redis, sound, "--mend")[0] == 0
    assert usage(redis, sound) == before
    # x was merged into y, and y by hand into z: whichever is asked for, they are one.
    done = run("activate", sound, "--by", "campaign:x", "x", "y", "z", redis=redis, environment=ERASING)
    assert [line.split("\t")[1] for line in done.stdout.splitlines()] == [
        "activated", "already_activated", "already_activated"]


def test_lists_of_no_account_are_mended_too():
    redis = Redis()
    try:
        Campaign(redis, "acct_1", ["ann"], "http://127.0.0.1:1/")
        run("channel", "link", "acct_1", "instagram", "17841", redis=redis)
        assert audit(redis) == (0, [])
        redis.cli("PERSIST", "hc:due:campaigns")
        redis.cli("EXPIRE", "hc:channels:instagram", 1000)
        status, found = audit(redis)
        assert status == 1 and [(each["account"], each["check"]) for each in found] == [(None, "expiry")] * 2
        assert audit(redis, "--all", "--mend")[0] == 0
        assert int(redis.cli("TTL", "hc:due:campaigns")) > 0 and redis.cli("TTL", "hc:channels:instagram") == "-1"
    finally:
        redis.close()


def test_findings_are_told_to_people(redis, sound):
    period = usage(redis, sound)["period"]
    redis.cli("SADD", f"hc:{{{sound}}}:{period}", "hand")
    done = run("audit", sound, redis=redis, check=False)
    assert done.returncode == 1 and done.stderr == "headcount: 1 account: 1 finding is wrong\n"
    assert done.stdout.startswith(f"{sound} {period}  statistics  wrong: 5 contacts are counted, and the statistics have 1 fewer\n")
    assert "--mend: writes them down in the statistics as of no known day" in done.stdout
    done = run("audit", sound, "--mend", redis=redis)
    assert "statistics  mended: " in done.stdout and done.stderr == "headcount: 1 account: nothing is wrong any more\n"


def test_what_no_day_has_is_in_the_history_of_a_month_whose_members_are_gone(redis, account):
    key = f"hc:{{{account}}}:2026-08"
    redis.cli("HSET", f"{key}:stats", "01:campaign:activated", 5, "unattributed", 2)
    redis.cli("EXPIRE", f"{key}:stats", 100_000)
    run("activate", account, "--by", "campaign:x", "ann", redis=redis)
    past = [json.loads(line) for line in run("history", account, "--json", redis=redis).stdout.splitlines()]
    if any(line["period"] == "2026-08" for line in past):
        assert next(line for line in past if line["period"] == "2026-08")["used"] == 7
