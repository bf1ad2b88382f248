"""The users that `headcount doctor --acl` prints, at a Redis whose default user is off: with its own each command does all
that it can do, and none has a permission that it doesn't use."""

import hashlib
import json
import os
import re
import subprocess

import pytest

import redis_service_scenes, redis_upkeep_scenes  # register their scenes
from redis_scenes import SCENES, Stage
from redis_servers import Standalone
from service import ROOT, Client, Service, run

WITHOUT_A_USER = {"plan list", "journal show", "health", "bench", "demo"}
"""Commands that ask no Redis, or one of their own."""
ROOT_PASSWORD = "root-password"
LUA = {path.stem: path.read_text() for path in (ROOT / "lua").glob("*.lua")}
SCRIPTS = {hashlib.sha1(text.encode()).hexdigest(): name for name, text in LUA.items()}


class GuardedRedis(Standalone):
    """A redis-server that knows nobody but `root` and whom a test makes. `root` comes by a socket, by which its commands are
    known from the others'."""

    def start(self):
        path = os.path.join(self.directory, "users.acl")
        if not os.path.exists(path):
            with open(path, "w") as file:
                file.write(f"user default off ~* &* +@all\nuser root on >{ROOT_PASSWORD} ~* &* +@all\n")
        self.socket = os.path.join(self.directory, "redis.sock")
        self.arguments = ("--aclfile", path, "--unixsocket", self.socket)
        self.url = f"redis://root:{ROOT_PASSWORD}@127.0.0.1:{self.port}"
        super().start()

    def cli(self, *command, check=True):
        done = subprocess.run([*self.root, *map(str, command)], capture_output=True, text=True, check=check)
        return done.stdout.strip()

    @property
    def root(self):
        return ["redis-cli", "-s", self.socket, "--user", "root", "--pass", ROOT_PASSWORD, "--no-auth-warning"]

    def url_of(self, user):
        return f"redis://{user}:secret@127.0.0.1:{self.port}"

    def admit(self, *commands, without=()):
        """Makes the user that `doctor --acl` prints, and returns its URL."""
        url = self.url_of("headcount")
        line = run("doctor", "--acl", *commands, "--redis", url).stdout.split()
        assert line[:3] == ["ACL", "SETUSER", "headcount"]
        assert self.cli(*(word for word in line if word.removeprefix("+") not in without)) == "OK"
        return url


@pytest.fixture(scope="module")
def redis():
    redis = GuardedRedis()
    yield redis
    redis.close()


@pytest.fixture
def stage(redis, action):
    """Makes the stage of a command's scene."""
    def make(command, url):
        redis.cli("FLUSHALL")
        return Stage(redis, url, "acct_" + command.replace(" ", "-"), action())
    return make


def printed(*arguments):
    """What `doctor --acl --json` prints, by the commands that it is for."""
    lines = run("doctor", "--acl", "--json", *arguments).stdout.splitlines()
    return [json.loads(line) for line in lines]


class Monitor:
    """What the clients of `headcount` send meanwhile."""

    def __init__(self, redis):
        self.redis = redis

    def __enter__(self):
        self.redis.cli("CONFIG", "RESETSTAT")
        self.process = subprocess.Popen([*self.redis.root, "MONITOR"], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline() == "OK\n"
        return self

    def __exit__(self, *_):
        self.redis.cli("ECHO", "that is all")
        calls = []
        for line in self.process.stdout:
            if "that is all" in line:
                break
            address, text = re.match(r"[\d.]+ \[\d+ ([^\]]+)\] (.*)", line).groups()
            calls.append((address, re.findall(r'"((?:[^"\\]|\\.)*)"', text)))
        self.process.kill()
        self.process.wait()
        # MONITOR leaves some out: CLIENT before Redis 7, ACL and CONFIG, of which one call is `root`'s.
        self.sent, self.scripts = {"client|setname"}, set()
        stats = self.redis.cli("INFO", "commandstats")
        for command, line in {"acl|getuser": r"acl(\|getuser)?:", "config|get": r"config(\|get:|:calls=2,)"}.items():
            if re.search(f"^cmdstat_{line}", stats, re.MULTILINE):
                self.sent.add(command)
        for address, words in calls:
            # Everybody may call AUTH.
            if address == "lua" or address.startswith("unix:") or words[0] in ("AUTH", "CLIENT"):
                continue
            self.sent.add(words[0].lower())
            if words[0] == "EVALSHA":
                self.scripts.add(SCRIPTS[words[1]])

    @property
    def needs(self):
        """What a user needs for that: what was sent, and what the scripts call, as their sources say."""
        found = set(self.sent)
        for name in self.scripts:
            for command, subcommand in re.findall(r"redis\.call\(\s*'(\w+)'(?:\s*,\s*'(\w+)')?", LUA[name]):
                found.add(f"{command}|{subcommand}".lower() if command == "XGROUP" else command.lower())
        return found


def commands_of_the_program():
    """`plan set` and all others that people call."""
    def leaves(command, path):
        inner = [each for each in command.get("subcommands", []) if each["commandName"] != "help"]
        if not inner and command.get("shouldDisplay", True):
            yield " ".join(path)
        for each in inner:
            yield from leaves(each, [*path, each["commandName"]])

    return set(leaves(json.loads(run("--experimental-dump-help").stdout)["command"], []))


def test_every_command_has_a_user_and_a_scene():
    everybody, *users = printed()
    named = [user["commands"] for user in users]
    assert all(len(commands) == 1 for commands in named)
    assert everybody["commands"] == [command for [command] in named]
    assert set(everybody["commands"]) == commands_of_the_program() - WITHOUT_A_USER
    assert set(everybody["permissions"]) == {permission for user in users for permission in user["permissions"]}
    assert set(SCENES) == set(everybody["commands"])
    assert set(everybody["scripts"]) == set(LUA)


def test_scripts_name_their_commands_where_they_call_them():
    """So that what they need can be read from their sources."""
    for name, text in LUA.items():
        assert text.count("redis.call(") == len(re.findall(r"redis\.call\(\s*'[A-Z]+'", text)), name
        assert text.count("redis.") == text.count("redis.call(") + text.count("redis.error_reply("), name


@pytest.mark.parametrize("command", SCENES)
def test_its_own_user_may_do_what_it_does_and_nothing_else(redis, stage, command):
    play = SCENES[command](stage(command, redis.admit(*command.split(" "))))
    next(play)
    # So that each script that is called is sent, too.
    redis.cli("SCRIPT", "FLUSH")
    redis.cli("ACL", "LOG", "RESET")
    with Monitor(redis) as monitor:
        next(play, None)
    [user] = printed(*command.split(" "))
    assert user["scripts"] == sorted(monitor.scripts)
    assert set(user["permissions"]) == monitor.needs
    assert redis.cli("ACL", "LOG") == "", "nothing was refused that is not missed"


@pytest.mark.parametrize("command", ["serve", "worker"])
def test_one_user_for_several_commands(redis, stage, command):
    play = SCENES[command](stage(command, redis.admit("serve", "worker")))
    next(play)
    redis.cli("ACL", "LOG", "RESET")
    next(play, None)
    assert redis.cli("ACL", "LOG") == ""


HARMLESS = {
    "client|setname",  # a help for ops in CLIENT LIST
    "eval",  # Redis knows the scripts
    "ttl",  # the index of accounts, which is rebuilt if it lacks one
    "expire", "zadd", "zscore",  # tells of a notice, which is found by the next sweep otherwise
    "pfcount", "zmscore",  # only where usage is asked for, or somebody is held
}


def test_what_is_not_permitted_is_named(redis, stage):
    stage = stage("activate", redis.admit("activate"))
    activate = ["activate", stage.account, "--by", "campaign:x", "--redis", stage.url]
    run(*activate, "ann", "--json")
    [user] = printed("activate")
    harmless = set()
    for permission in user["permissions"]:
        stage.admin("plan", "set", stage.account, "--limit", 1)
        redis.admit("activate", without=[permission])
        # One that is counted now, and one that is refused.
        stage.admin("account", "remove", stage.account, "--yes")
        stage.admin("plan", "set", stage.account, "--limit", 1)
        done = run(*activate, "ann", "bob", check=False)
        if done.returncode == 3:
            harmless.add(permission)
            continue
        assert (done.returncode, done.stdout) == (69, ""), permission
        assert "does not permit this user what Headcount needs; `headcount doctor --acl` prints that" in done.stderr
        assert f"'{permission}'" in done.stderr
    assert harmless == HARMLESS


def test_what_is_not_permitted_within_a_script_is_named_with_the_script(redis, stage):
    stage = stage("activate", redis.admit("activate", without=["sadd"]))
    done = run("activate", stage.account, "--by", "campaign:x", "ann", "--redis", stage.url, check=False)
    assert done.returncode == 69 and "'sadd' in activate.lua" in done.stderr


def test_keys_of_another_prefix_are_not_permitted(redis, stage):
    stage = stage("activate", redis.admit("activate"))
    done = run("activate", stage.account, "--by", "campaign:x", "ann", "--prefix", "other", "--redis", stage.url, check=False)
    assert done.returncode == 69 and "does not permit this user" in done.stderr and "access" in done.stderr
    url = redis.url_of("headcount")
    line = run("doctor", "--acl", "activate", "--prefix", "other", "--redis", url).stdout
    assert redis.cli(*line.split()) == "OK"
    run("activate", stage.account, "--by", "campaign:x", "ann", "--prefix", "other", "--redis", url)


def test_a_service_tells_its_callers_that_it_cannot_and_its_log_why(redis, stage):
    stage = stage("serve", redis.admit("serve", without=["smismember"]))
    key = stage.admin("api-key", "create", "--name", "t", "--scope", "admin").stdout.strip()
    service = Service(stage.url)
    try:
        with Client(service, key) as client:
            assert client.activate(stage.account, "ann").status_code == 503
        assert "'smismember' in activate.lua" in service.log
    finally:
        service.close()


def words(*arguments, **options):
    return run("doctor", "--acl", *arguments, **options).stdout.split()


def test_name_and_password_are_those_of_the_url():
    assert words("usage")[:9] == ["ACL", "SETUSER", "headcount", "reset", "on", ">PASSWORD", "~hc:*", "resetchannels", "-@all"]
    hashed = "#" + hashlib.sha256(b"p@ss").hexdigest()
    given = words("usage", "--prefix", "shop", environment={"HEADCOUNT_REDIS_URL": "redis://ops:p%40ss@10.0.0.5"})
    assert given[2:7] == ["ops", "reset", "on", hashed, "~shop:*"]
    lines = run("doctor", "--acl", "--redis", "redis://ops:p%40ss@10.0.0.5").stdout
    assert "p@ss" not in lines and "p%40ss" not in lines
    assert [line.split()[2] for line in lines.splitlines()][:2] == ["ops", "ops-activate"]


@pytest.mark.parametrize("url, more", [
    ("redis://10.0.0.5/2", {"+select"}),
    ("redis-cluster://10.0.0.5,10.0.0.6", {"+asking", "+cluster|slots"}),
    ("redis-sentinel://10.0.0.5,10.0.0.6/main?db=2", {"+role", "+select"}),
])
def test_what_the_address_needs(url, more):
    assert set(words("usage", "--redis", url)) - set(words("usage")) == more


def test_what_else_is_needed_on_a_cluster_and_for_replicas():
    cluster = {"environment": {"HEADCOUNT_REDIS_URL": "redis-cluster://10.0.0.5"}}
    assert set(words("backup", **cluster)) - set(words("backup")) == {"+asking", "+cluster|slots", "+cluster|nodes"}
    assert set(words("usage", "--durability", "replicated:1")) - set(words("usage")) == {"+wait"}


def test_commands_by_name():
    def names(*arguments):
        [user] = printed(*arguments)
        return user["commands"]

    assert names("plan", "set", "serve") == names("plan set", "serve") == ["plan set", "serve"]
    assert names("plan", "usage") == ["plan show", "plan set", "usage"]
    for arguments, said in [
        (["--acl", "bench"], "'bench': no command of headcount that asks a Redis with users"),
        (["--acl", "plan", "list"], "'list'"), (["serve"], "--acl"),
        (["--acl", "--redis", "http://x"], "no usable Redis URL"), (["--acl", "--prefix", "a*"], "a*"),
    ]:
        done = run("doctor", *arguments, check=False)
        assert done.returncode == 64 and said in done.stderr, done.stderr


def test_every_command_that_is_sent_is_in_the_table():
    """Also those that the scenes don't come to."""
    everybody, *_ = printed("--redis", "redis-cluster://10.0.0.5")
    may = {permission.split("|")[0] for permission in everybody["permissions"]}
    sends = re.compile(
        r"(?:\.send\(|\.scan\(|RedisCommand\(|(?:let|var) command = )\s*(?:RedisCommand\()?\(?\[\s*\"([A-Z]+)\"")
    found = {
        (path.name, command.lower()) for path in (ROOT / "Sources").glob("Headcount*/**/*.swift") if "Bench" not in str(path)
        for command in sends.findall(path.read_text())}
    assert len(found) > 50, "they were not found"
    assert {(file, command) for file, command in found if command not in may} == set()
