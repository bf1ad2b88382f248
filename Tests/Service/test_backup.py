"""What a backup holds, and what a restore of it makes of an empty Redis, of one that has the account, and of a bad file."""

import datetime
import json
import subprocess

import pytest

from backups import Wire, back_up, contents, is_sound, lines, restore, same
from campaigns import set_plan, usage
from service import HEADCOUNT, Redis, clean_environment, make_key, run

LAST_MONTH = (datetime.datetime.now(datetime.UTC).replace(day=1) - datetime.timedelta(days=1)).strftime("%Y-%m")
ERASING = {"HEADCOUNT_TOMBSTONE_KEY": "a tombstone key of the tests"}


@pytest.fixture
def other():
    redis = Redis()
    yield redis
    redis.close()


@pytest.fixture
def full(redis):
    """A Redis with an account that has something of everything."""
    redis.cli("FLUSHALL")
    set_plan(redis, "acct_42", plan="pro", limit=1000, zone="Europe/Paris")
    run("activate", "acct_42", "--by", "campaign:x", "ann", "bob", "käthe", "eve", "😀", redis=redis)
    run("activate", "acct_42", "--by", "scenario:y", *range(600), redis=redis)
    run("contacts", "erase", "acct_42", "eve", "--yes", redis=redis, environment=ERASING)
    run("contacts", "merge", "acct_42", "ann", "bob", redis=redis, environment=ERASING)
    run("reserve", "acct_42", "--by", "campaign:x", "--lease", 3600, "held", redis=redis, environment=ERASING)
    run("channel", "link", "acct_42", "instagram", "17841400", redis=redis)
    run("notices", "set", "acct_42", "--url", "https://example.com/hook", redis=redis)
    set_plan(redis, "acct_7", limit=2)
    run("activate", "acct_7", "--by", "campaign:x", *"abc", redis=redis, check=False)
    make_key(redis)
    with Wire(redis) as wire:
        hostile = [b"\xff\xfe\x00", b"\n", b'"\\', "\u2028".encode(), b"\xed\xa0\x80"]
        wire("RPUSH", "hc:{acct_42}:contact:ann", *hostile)
        wire("EXPIRE", "hc:{acct_42}:contact:ann", 100)
        wire("ZADD", "hc:{acct_42}:heard", "1.5", b"\xff", "1795500060000", "ann")
        wire("EXPIRE", "hc:{acct_42}:heard", 1000)
        wire("XADD", "hc:{acct_42}:dead", "5-1", "contact", b"\xfe", "reason", "")
        wire("XADD", "hc:{acct_42}:dead", "6-0", "contact", "bob", "reason", "x")
        wire("EXPIRE", "hc:{acct_42}:dead", 1000)
        wire("SETEX", "hc:signed-out:abc", 1000, "1")
    return redis


def test_what_was_backed_up_is_there_again(full, other, tmp_path):
    file = tmp_path / "all.jsonl"
    done = back_up(full, file)
    assert "wrote 2 accounts" in done.stderr and done.stdout == ""
    assert [each.name for each in tmp_path.iterdir()] == ["all.jsonl"] and file.stat().st_mode & 0o77 == 0
    report = json.loads(restore(other, file).stdout)
    assert (report["accounts"], report["keysExpired"], report["existing"]) == (2, 0, [])
    same(contents(full), contents(other))
    assert is_sound(other)
    assert usage(other, "acct_42") == usage(full, "acct_42")
    # Who was erased, merged or refused is so there, too.
    done = run("activate", "acct_42", "--by", "campaign:z", "eve", "ann", redis=other, environment=ERASING)
    assert done.stdout.count("\talready_activated\n") == 2, done.stdout


def test_lines_are_bounded_and_readable(full, tmp_path):
    back_up(full, tmp_path / "all.jsonl")
    header, *pages, end = lines(tmp_path / "all.jsonl")
    assert (header["headcount"], header["format"], header["prefix"], header["accounts"]) == ("backup", 1, "hc", None)
    assert end["end"] is True and end["tally"]["lines"] == len(pages)
    assert all(len(page["elements"]) <= 512 for page in pages)
    members = [page for page in pages if page.get("account") == "acct_42" and page["type"] == "set"]
    found = {member for page in members for member in page["elements"]}
    assert {"bob", "käthe", "😀", "0", "599"} <= found and "eve" not in found
    assert {page["key"] for page in pages if "account" not in page} >= {"api-keys", "channels:instagram", "signed-out:abc"}


def test_one_account_goes_by_standard_output_into_another_prefix(full, other):
    done = run("backup", "acct_42", redis=full)
    other.permit_prefix("eu")
    report = run("restore", "--from", "-", "--json", "--prefix", "eu", redis=other, input=done.stdout)
    assert json.loads(report.stdout)["accounts"] == 1
    own = {key: value for key, value in contents(full).items() if key.startswith(b":{acct_42}")}
    there = contents(other, "eu")
    same(own, {key: value for key, value in there.items() if key.startswith(b":{acct_42}")})
    month = usage(full, "acct_42")["period"]
    assert there[f":accounts:{month}".encode()][1] == {b"acct_42"}
    assert there[b":channels:instagram"][1] == {(b"17841400", b"acct_42")}
    assert b":api-keys" not in there and contents(other) == {}
    assert json.loads(run("usage", "acct_42", "--json", "--prefix", "eu", redis=other).stdout)["used"] == 605


def test_an_account_that_is_there_is_refused(full, other, tmp_path):
    file = tmp_path / "all.jsonl"
    back_up(full, file)
    run("activate", "acct_7", "--by", "campaign:x", "new", redis=other)
    before = contents(other)
    for arguments in ([], ["--dry-run"], ["acct_7"]):
        done = restore(other, file, *arguments, check=False)
        assert done.returncode == 1 and "'acct_7': this account is there already; nothing was restored" in done.stderr
    same(before, contents(other))
    restore(other, file, "acct_42")
    assert usage(other, "acct_42")["used"] == 605
    done = restore(other, file, "nobody", check=False)
    assert done.returncode == 1 and "'nobody': the backup has nothing of this account" in done.stderr


def test_merging_adds_members_and_keeps_the_plan(full, other, tmp_path):
    file = tmp_path / "all.jsonl"
    back_up(full, file)
    set_plan(other, "acct_7", limit=50)
    run("activate", "acct_7", "--by", "scenario:z", "b", "x", "y", redis=other)
    run("activate", "acct_42", "--by", "campaign:x", "new", redis=other)
    for _ in range(2):
        report = json.loads(restore(other, file, "--merge").stdout)
        assert sorted(report["existing"]) == ["acct_42", "acct_7"]
        # a and b of the backup, of which b is known, and x and y.
        assert (usage(other, "acct_7")["used"], usage(other, "acct_7")["limit"]) == (4, 50)
        # The plan was lost: no plan of its own since. Its month is another one only if the zone makes it so.
        assert usage(other, "acct_42")["limit"] == 1000
        assert usage(other, "acct_42")["used"] == 606
        assert is_sound(other)


def test_replacing_removes_what_is_there(full, other, tmp_path):
    file = tmp_path / "all.jsonl"
    back_up(full, file)
    run("activate", "acct_42", "--by", "campaign:x", "new", redis=other)
    run("activate", "acct_9", "--by", "campaign:x", "other", redis=other)
    for _ in range(2):
        report = json.loads(restore(other, file, "--replace").stdout)
        assert "acct_42" in report["existing"]
        there = contents(other)
        same({key: value for key, value in contents(full).items() if key.startswith(b":{")},
             {key: value for key, value in there.items() if key.startswith(b":{") and b"acct_9" not in key})
        assert usage(other, "acct_9")["used"] == 1


def test_a_dry_run_writes_nothing(full, other, tmp_path):
    back_up(full, tmp_path / "all.jsonl")
    report = json.loads(restore(other, tmp_path / "all.jsonl", "--dry-run").stdout)
    assert (report["accounts"], report["dryRun"], report["elements"]) == (2, True, 0)
    assert contents(other) == {}


def test_what_would_have_expired_is_left_out(full, other, tmp_path):
    with Wire(full) as wire:
        wire("PEXPIRE", "hc:{acct_42}:contact:ann", 3000)
    back_up(full, tmp_path / "all.jsonl")
    with Wire(other) as wire:
        while wire("PTTL", "hc:nothing") == -2 and lines_expire_after(tmp_path / "all.jsonl", wire("TIME")):
            pass
    report = json.loads(restore(other, tmp_path / "all.jsonl").stdout)
    assert report["keysExpired"] == 1
    assert b":{acct_42}:contact:ann" not in contents(other)


def lines_expire_after(path, time):
    """Whether the list is not to expire yet."""
    now = int(time[0]) * 1000 + int(time[1]) // 1000
    return next(page["expires"] for page in lines(path) if page.get("key") == "contact:ann") > now


MALICE = {
    "cut off in a line": lambda text: text[:-40],
    "cut off between lines": lambda text: text[: text.rindex(b"\n", 0, -1) + 1],
    "without its last line end and letter": lambda text: text[:-2],
    "a line lost": lambda text: b"\n".join(text.split(b"\n")[:3] + text.split(b"\n")[4:]),
    "a contact changed": lambda text: text.replace("käthe".encode(), b"kaethe"),
    "another version": lambda text: text.replace(b'"format":1', b'"format":2'),
    "no backup": lambda text: b"contact\nann\n",
    "empty": lambda text: b"",
    "garbage in the middle": lambda text: text.replace(b'{"account"', b'{"acc\x00unt"', 1),
    "more after the end": lambda text: text + text,
}


@pytest.mark.parametrize("name", MALICE)
def test_a_file_that_is_no_whole_backup_is_refused(full, other, tmp_path, name):
    file = tmp_path / "all.jsonl"
    back_up(full, file)
    file.write_bytes(MALICE[name](file.read_bytes()))
    done = restore(other, file, check=False)
    assert done.returncode == 65 and done.stdout == "", (done.returncode, done.stderr)
    assert done.stderr.startswith(f"headcount: {file}: ") and done.stderr.endswith("nothing was restored\n")
    assert done.stderr.count("\n") == 1 and (name == "empty" or "line " in done.stderr), done.stderr
    assert contents(other) == {}


@pytest.mark.parametrize("arguments", [
    ["backup"], ["backup", "a", "--all"], ["restore"], ["restore", "--from", "x", "--merge", "--replace"], ["audit"],
])
def test_wrong_usage(arguments):
    done = run(*arguments, check=False)
    assert done.returncode == 64 and done.stdout == ""


def test_an_account_that_there_is_not(redis, tmp_path):
    for arguments in (["backup", "nobody", "--output", tmp_path / "x"], ["audit", "nobody"]):
        done = run(*arguments, redis=redis, check=False)
        assert done.returncode == 1 and "'nobody': no such account" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_restore_that_was_cut_off_goes_on(full, other, tmp_path):
    file = tmp_path / "all.jsonl"
    with Wire(full) as wire:
        wire.all([("SADD", f"hc:{{acct_42}}:{LAST_MONTH}", *(f"contact-{i}-{j}" for j in range(500))) for i in range(200)])
        wire("EXPIRE", f"hc:{{acct_42}}:{LAST_MONTH}", 10_000)
    back_up(full, file)
    for attempt in range(4):
        # Killed once some of it is there.
        command = [HEADCOUNT, "restore", "--from", file, "--redis", other.url]
        process = subprocess.Popen(
            command, env=clean_environment(command=command), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with Wire(other) as wire:
            while wire("SCARD", f"hc:{{acct_42}}:{LAST_MONTH}") < 20_000 * (attempt + 1) and process.poll() is None:
                pass
        process.kill()
        process.wait()
    restore(other, file)
    there = contents(other)
    assert len(there[f":{{acct_42}}:{LAST_MONTH}".encode()][1]) == 100_000
    # What nobody counted by the scripts is of no day.
    own = contents(full)
    stats = f":{{acct_42}}:{LAST_MONTH}:stats".encode()
    assert there.pop(stats)[1] == {(b"unattributed", b"100000")}
    # It was active in that month, so that it is in its index, too.
    assert there.pop(f":accounts:{LAST_MONTH}".encode())[1] == {b"acct_42"}
    same(own, there)


def test_redis_that_restarts_meanwhile_is_noticed(other, tmp_path):
    with Wire(other) as wire:
        wire.all([("SADD", f"hc:{{acct_42}}:{LAST_MONTH}", *(f"contact-{i}-{j}" for j in range(500))) for i in range(600)])
        wire("EXPIRE", f"hc:{{acct_42}}:{LAST_MONTH}", 10_000)
    command = [HEADCOUNT, "backup", "--all", "--output", tmp_path / "x", "--timeout", "20", "--redis", other.url]
    process = subprocess.Popen(command, env=clean_environment(command=command), stderr=subprocess.PIPE, text=True)
    partial = tmp_path / f"x.{process.pid}.partial"
    while process.poll() is None and not (partial.exists() and partial.stat().st_size > 100_000):
        pass
    other.kill()
    other.start()
    assert process.wait(60) == 69
    assert "Redis was restarted, failed over or resharded meanwhile" in process.stderr.read()
    assert list(tmp_path.iterdir()) == []
