"""`headcount reserve`, `confirm` and `release`: what they read and print, and how they end."""

import json

import pytest

from reservations import TOKEN, token_of
from service import Redis, free_port, run


def command(redis, *arguments, **options):
    return run(*arguments, redis=redis, check=False, **options)


def reserve(redis, account, *arguments, by="campaign:spring", **options):
    return command(redis, "reserve", account, "--by", by, *arguments, **options)


def rows(done):
    """Its lines' fields, each token as the word `token`."""
    assert done.stdout == "" or done.stdout.endswith("\n")
    fields = [line.split("\t") for line in done.stdout.splitlines()]
    return [["token" if TOKEN.fullmatch(field) else field for field in row] for row in fields]


def tokens(done):
    return [line.split("\t")[2] for line in done.stdout.splitlines() if not line.endswith("\t")]


def limit(redis, account, number):
    run("plan", "set", account, "--limit", number, redis=redis)


def standing(redis, account):
    found = json.loads(run("usage", account, "--json", redis=redis).stdout)
    return found["used"], found["held"]


def test_reserve_confirm_and_release(redis, account):
    limit(redis, account, 2)
    held = reserve(redis, account, "ann", "bob", "cleo", "ann")
    assert (held.returncode, held.stderr) == (3, "")
    assert rows(held) == [
        ["ann", "reserved", "token"], ["bob", "reserved", "token"], ["cleo", "limit_reached", ""],
        ["ann", "reserved", "token"]]
    assert standing(redis, account) == (0, 2)
    ann, bob, ann_again = tokens(held)
    for what, given, printed in [
        ("confirm", [ann], "ann\tactivated\n"), ("confirm", [ann], "ann\talready_activated\n"),
        ("release", [ann_again, bob], "ann\talready_activated\nbob\treleased\n"),
    ]:
        done = command(redis, what, account, *given)
        assert (done.returncode, done.stdout, done.stderr) == (0, printed, "")
    assert standing(redis, account) == (1, 0)
    again = reserve(redis, account, "ann", "bob")
    assert (again.returncode, rows(again)) == (0, [["ann", "already_activated", ""], ["bob", "reserved", "token"]])


def test_a_token_that_nobody_holds_is_no_failure(redis, account):
    token = token_of("ann")
    done = command(redis, "release", account, token)
    assert (done.returncode, done.stdout) == (0, "ann\tnot_held\n")
    assert "1 of 1 tokens were held by nobody" in done.stderr


@pytest.mark.parametrize("name, text, more", [
    ("people.txt", "ann\nbob\n\nann\n", []),
    ("people.csv", "email,contact\na@x,ann\nb@x,bob\na@x,ann\n", []),
    ("people.csv", "id;name\nann;Ann\nbob;Bob\nann;Ann\n", ["--column", "id"]),
    ("people.jsonl", '{"contact":"ann"}\n{"contact":"bob"}\n{"contact":"ann"}\n', []),
    ("people", '{"id":"ann"}\n{"id":"bob"}\n{"id":"ann"}\n', ["--format", "jsonl", "--column", "id"]),
    ("-", "ann\nbob\nann\n", ["--batch", "1"]),
])
def test_contacts_from_a_file_or_standard_input(redis, account, tmp_path, name, text, more):
    if name != "-":
        (tmp_path / name).write_text(text)
    path, standard_input = (name, text) if name == "-" else (tmp_path / name, None)
    done = reserve(redis, account, "zoe", "--from", path, *more, input=standard_input)
    assert (done.returncode, done.stderr) == (0, "")
    assert rows(done) == [[contact, "reserved", "token"] for contact in ("zoe", "ann", "bob", "ann")]
    assert standing(redis, account) == (0, 3)


def test_bad_lines_are_left_out_and_the_others_are_held(redis, account):
    done = reserve(redis, account, "--from", "-", input="ann\na\tb\nbob\n" + "x" * 257 + "\n")
    assert (done.returncode, rows(done)) == (65, [["ann", "reserved", "token"], ["bob", "reserved", "token"]])
    assert "line 2" in done.stderr and "line 4" in done.stderr
    done = reserve(redis, account, "--from", "/no/such/file")
    assert (done.returncode, done.stdout) == (65, "") and "/no/such/file" in done.stderr


@pytest.mark.parametrize("what, settlement, used", [("confirm", "activated", 700), ("release", "released", 0)])
def test_what_reserve_prints_is_what_confirm_and_release_read(redis, account, tmp_path, what, settlement, used):
    limit(redis, account, 700)
    people = "".join(f"contact-{number}\n" for number in range(1_500))
    held = reserve(redis, account, "--from", "-", input=people)
    assert held.returncode == 3 and len(tokens(held)) == 700
    file = tmp_path / "reserved.tsv"
    file.write_text(held.stdout)
    for again in [False, True]:
        if again:
            settlement = "already_activated" if what == "confirm" else "not_held"
        done = command(redis, what, account, "--from", "-" if again else file, input=held.stdout if again else None)
        assert done.returncode == 0
        assert rows(done) == [[f"contact-{number}", settlement] for number in range(700)]
        assert standing(redis, account) == (used, 0)


def test_tokens_alone_in_a_file_and_on_the_command_line(redis, account, tmp_path):
    ann, bob, cleo = tokens(reserve(redis, account, "ann", "bob", "cleo"))
    (tmp_path / "tokens").write_text(f"{bob}\r\n\n{cleo}")
    done = command(redis, "confirm", account, ann, "--from", tmp_path / "tokens")
    assert rows(done) == [["ann", "activated"], ["bob", "activated"], ["cleo", "activated"]]


def test_a_bad_line_among_tokens_is_named_and_nothing_is_settled(redis, account, tmp_path):
    ann, bob = tokens(reserve(redis, account, "ann", "bob"))
    (tmp_path / "tokens").write_text(f"ann\treserved\t{ann}\nbob\treserved\tnonsense\n")
    done = command(redis, "confirm", account, bob, "--from", tmp_path / "tokens")
    assert (done.returncode, done.stdout) == (65, "")
    assert "line 2" in done.stderr and "nonsense" in done.stderr
    assert standing(redis, account) == (0, 2)


def test_for_machines(redis, account):
    limit(redis, account, 2)
    run("activate", account, "--by", "crm", "zoe", redis=redis)
    run("activate", account, "--by", "campaign:x", "zoe", redis=redis)
    done = reserve(redis, account, "ann", "bob", "zoe", "--json")
    assert done.returncode == 3
    *lines, summary = map(json.loads, done.stdout.splitlines())
    token = lines[0]["token"]
    assert TOKEN.fullmatch(token)
    assert lines == [
        {"contact": "ann", "verdict": "reserved", "token": token},
        {"contact": "bob", "verdict": "limit_reached", "token": None},
        {"contact": "zoe", "verdict": "already_activated", "token": None}]
    assert summary | {"period": None, "resetsAt": None} == {
        "account": account, "period": None, "resetsAt": None, "used": 1, "held": 1, "limit": 2, "remaining": 0,
        "reserved": 1, "alreadyActivated": 1, "limitReached": 1, "notCounted": 0}
    for what, verdict in [("confirm", "activated"), ("release", "already_activated")]:
        done = command(redis, what, account, token, "--json")
        assert json.loads(done.stdout) == {"contact": "ann", "verdict": verdict, "token": token}
    nobody = reserve(redis, account, "ann", "--json", by="segment")
    assert (nobody.returncode, [json.loads(line).get("verdict") for line in nobody.stdout.splitlines()]) == (
        0, ["not_counted", None])
    assert json.loads(nobody.stdout.splitlines()[1])["used"] is None


def test_the_lease_is_that_of_the_command_line(redis, account):
    reserve(redis, account, "ann", "--lease", "86400")
    end = float(redis.cli("ZSCORE", f"hc:{{{account}}}:{period(redis, account)}:held", "ann")) / 1_000
    assert 86_000 < end - float(redis.cli("TIME").splitlines()[0]) <= 86_401


def period(redis, account):
    return json.loads(run("usage", account, "--json", redis=redis).stdout)["period"]


@pytest.mark.parametrize("arguments, status, named", [
    (["reserve", "acct_1", "ann"], 64, "--by"),
    (["reserve", "acct_1", "--by", "campaign:x"], 64, "nobody to reserve"),
    (["reserve", "acct_1", "--by", "poem:x", "ann"], 64, "poem"),
    (["reserve", "acct_1", "--by", "campaign:x", "ann", "--lease", "0.05"], 64, "0.05"),
    (["reserve", "acct_1", "--by", "campaign:x", "ann", "--lease", "86401"], 64, "86401"),
    (["reserve", "acct_1", "--by", "campaign:x", "ann", "--lease", "soon"], 64, "soon"),
    (["reserve", "acct_1", "--by", "campaign:x", "ann", "--batch", "513"], 64, "513"),
    (["reserve", "acct{1}", "--by", "campaign:x", "ann"], 65, "acct{1}"),
    (["reserve", "acct_1", "--by", "campaign:x", "a\tb"], 65, "contact"),
    (["confirm", "acct_1"], 64, "no token"), (["release", "acct_1"], 64, "no token"),
    (["confirm", "acct_1", "nonsense"], 65, "nonsense"), (["release", "acct_1", "nonsense"], 65, "nonsense"),
    (["confirm", "acct{1}", token_of("ann")], 65, "acct{1}"),
    (["release", "acct_1", "--from", "/no/such/file"], 65, "/no/such/file"),
])
def test_mistakes_are_named_and_nothing_is_asked(arguments, status, named):
    done = run(*arguments, "--redis", f"redis://127.0.0.1:{free_port()}", check=False)
    assert (done.returncode, done.stdout) == (status, "")
    assert named in done.stderr


@pytest.mark.parametrize("arguments", [
    ["reserve", "acct_1", "--by", "campaign:x", "ann"], ["confirm", "acct_1", token_of("ann")],
    ["release", "acct_1", token_of("ann")],
])
def test_redis_that_is_not_there_is_no_refusal(arguments):
    url = f"redis://127.0.0.1:{free_port()}"
    done = run(*arguments, "--redis", url, "--timeout", "0.5", check=False)
    assert (done.returncode, done.stdout) == (69, "")
    assert url.removeprefix("redis://") in done.stderr and "limit" not in done.stderr


def test_an_action_that_costs_nothing_needs_no_redis():
    done = run(
        "reserve", "acct_1", "--by", "crm", "ann", "--redis", f"redis://127.0.0.1:{free_port()}", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ann\tnot_counted\t\n", "")


def test_tokens_outlive_a_restart_of_redis():
    redis = Redis()
    try:
        ann, bob = tokens(reserve(redis, "acct_1", "ann", "bob"))
        redis.stop()
        done = command(redis, "confirm", "acct_1", ann, "--timeout", "0.5")
        assert (done.returncode, done.stdout) == (69, "")
        redis.start()
        assert rows(command(redis, "confirm", "acct_1", ann)) == [["ann", "activated"]]
        assert rows(command(redis, "release", "acct_1", bob)) == [["bob", "released"]]
        assert standing(redis, "acct_1") == (1, 0)
    finally:
        redis.close()
