"""Likewise for what looks after accounts: backups, audits and journals."""

import json
import shlex
import tempfile

from redis_scenes import GENERIC_SECRET, scene

INSTAGRAM = "17841400008460077"


def lived_in(stage):
    """Something of everything: keys of each type, and campaigns and scenarios that have something to do."""
    stage.die("dan")
    stage.admin("plan", "set", stage.account, "--limit", 100)
    stage.activate("ann", "bob", "dora")
    stage.admin("contacts", "erase", stage.account, "dora", "--yes")
    stage.admin("contacts", "merge", stage.account, "x", "y")
    stage.admin("reserve", stage.account, "--by", "campaign:x", "--lease", 600, "eve", "fay")
    stage.admin("channel", "link", stage.account, "instagram", INSTAGRAM)
    stage.campaign("ann", "gus")
    # Somebody whose run is under way.
    stage.cli("HSET", stage.key("scenario:welcome:jobs"), "bob", "p 2 1790000000000")
    stage.cli("HSET", stage.key("scenario:welcome:runs"), "bob", '1 1790000000000 {"kind":"message"}')
    period = json.loads(stage.admin("usage", stage.account, "--json").stdout)["period"]
    stage.cli("PFADD", stage.key(f"{period}:refused"), "zoe")
    return stage.key(period), period[:7]


@scene("backup")
def _(stage):
    lived_in(stage)
    yield
    assert stage.run("backup", stage.account).stdout.count("\n") > 5
    stage.run("backup", "--all")


@scene("restore")
def _(stage):
    lived_in(stage)
    backup = stage.admin("backup", stage.account).stdout
    stage.admin("account", "remove", stage.account, "--yes")
    yield
    for arguments in ([], ["--merge"], ["--replace"], ["--replace", "--paused"], ["--merge", "--dry-run"]):
        stage.run("restore", "--from", "-", *arguments, input=backup)
    stage.run("restore", "--from", "-", input=backup, fails=True)


@scene("audit")
def _(stage):
    members, month = lived_in(stage)
    outbox = stage.key("outbox")
    for damage in (
        f"DEL {members}:stats", f"HDEL {members}:holders eve", f"SREM hc:accounts:{month} {stage.account}", f"PERSIST {members}",
        f"EXPIRE {stage.key('plan')} 1000", f"PERSIST {stage.key('campaign:spring:jobs')}", f"HSET {members}:merged y z",
        f"ZREM hc:due:campaigns '{stage.account} spring'", f"HDEL hc:channels:instagram {INSTAGRAM}",
        f"XADD {outbox} * event limit.reached period {month} limit 1 used 1", f"EXPIRE {outbox} 9999",
        f"ZREM hc:due:notices {stage.account}",
    ):
        stage.cli(*shlex.split(damage))
    yield
    stage.run("audit", stage.account, fails=True)
    stage.run("audit", "--all", "--mend")


@scene("journal replay")
def _(stage):
    stage.admin("plan", "set", stage.account, "--limit", 1)
    with tempfile.TemporaryDirectory() as journal:
        stage.nowhere("activate", stage.account, "--by", "campaign:x", "ann", "bob", "--failure-policy", "open",
                      "--failure-journal", journal)
        yield
        stage.run("journal", "replay", journal)
