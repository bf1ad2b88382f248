"""How the service is set up: by flags, the environment and a file, each mistake named; its plans and kinds of action."""

import json
import pathlib
import tempfile

import pytest

from service import Client, Service, make_key, run

CATALOGUE = """
plans:
  names: [trial, agency-7]
  default: trial
  limit:
    trial: 2
    agency-7: 30
  tiers:
    agency-7: [30, 90]
  mode:
    agency-7: soft
actions:
  counted: [broadcast]
  notCounted: [tag]
"""


def written(directory, text, name="headcount.yaml"):
    path = directory / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return str(path)


def check(*arguments, environment=None):
    return run("serve", "--check-config", *arguments, environment=environment, check=False)


@pytest.fixture
def place():
    """A directory whose path is short enough to stand in a message."""
    with tempfile.TemporaryDirectory(prefix="hc-") as directory:
        yield pathlib.Path(directory)


# Where a setting comes from


@pytest.mark.parametrize("flag, variable, file, used", [
    (None, None, None, "hc"),
    (None, None, "file", "file"),
    (None, "environment", "file", "environment"),
    ("flag", "environment", "file", "flag"),
    ("flag", None, "file", "flag"),
    (None, "", "file", "file"),
])
def test_flag_then_environment_then_file_then_default(redis, tmp_path, flag, variable, file, used):
    redis.cli("FLUSHALL")
    redis.permit_prefix(used)
    arguments = ["--prefix", flag] if flag else []
    arguments += ["--config", written(tmp_path, f"prefix: {file}\n")] if file else []
    environment = {} if variable is None else {"HEADCOUNT_PREFIX": variable}
    run("api-key", "create", "--name", "a", "--scope", "read", *arguments, redis=redis, environment=environment)
    assert redis.cli("KEYS", "*") == f"{used}:api-keys"


def test_the_file_may_be_named_in_the_environment(tmp_path):
    environment = {"HEADCOUNT_CONFIG": written(tmp_path, "listen: nowhere\n")}
    assert "nowhere" in check(environment=environment).stderr
    good = written(tmp_path, "listen: 127.0.0.1:8080\n", "good.yaml")
    assert check("--config", good, environment=environment).returncode == 0, "a flag names another"


def test_all_settings_at_once(tmp_path, certificates):
    text = f"""
redis:
  url: redis://127.0.0.1:6399/3
prefix: hc2
timeout: 2.5
listen: "[::1]:8081"
metrics: true
tls:
  cert: {certificates / "cert.pem"}
  key: {certificates / "key.pem"}
log:
  level: info
  format: json
session:
  secret: 0123456789abcdef0123456789abcdef
cors:
  origins: ["https://app.example.com", "http://localhost:3000"]
""" + CATALOGUE
    done = check("--config", written(tmp_path, text))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "in order" in done.stderr


@pytest.mark.parametrize("text", ["", "# prefix: hc\n", "---\n", "plans:\n"])
def test_a_file_that_sets_nothing_is_in_order(tmp_path, text):
    """As one in which everything is commented out."""
    done = check("--config", written(tmp_path, text))
    assert done.returncode == 0, done.stderr


# Mistakes


@pytest.mark.parametrize("text, status, named", [
    ("lissten: 127.0.0.1:8080\n", 65, ["headcount.yaml", "line 1", "lissten"]),
    ("# ours\nlog:\n  level: info\n  colour: red\n", 65, ["headcount.yaml", "line 4", "log.colour"]),
    ("log: info\n", 65, ["headcount.yaml", "line 1", "'log'"]),
    ("plans:\n  limit:\n    free:\n      each: 1\n", 65, ["headcount.yaml", "plans.limit.free"]),
    ("listen: 127.0.0.1:1\nlisten: 127.0.0.1:2\n", 65, ["headcount.yaml", "listen"]),
    ("prefix: [hc\n", 65, ["headcount.yaml"]),
    ("\tprefix: hc\n", 65, ["headcount.yaml"]),
    ("- prefix\n", 65, ["headcount.yaml", "mapping"]),
    ("hello", 65, ["headcount.yaml", "mapping"]),
    (b"prefix: \xff\xfe\n", 65, ["headcount.yaml"]),
    ("timeout: soon\n", 64, ["timeout", "soon"]),
    ("timeout: 0\n", 64, ["timeout", "0"]),
    ("timeout: 1e9\n", 64, ["timeout"]),
    ("metrics: maybe\n", 64, ["metrics", "maybe"]),
    ("listen: nowhere\n", 64, ["listen", "nowhere"]),
    ("listen: 127.0.0.1:99999\n", 64, ["listen", "127.0.0.1:99999"]),
    ("listen: ':8080'\n", 64, ["listen", ":8080"]),
    ("listen: 'unix:'\n", 64, ["listen", "unix:"]),
    (f"listen: unix:/{'a' * 200}\n", 64, ["listen"]),
    ("log:\n  level: loud\n", 64, ["log.level", "loud"]),
    ("log:\n  format: xml\n", 64, ["log.format", "xml"]),
    ("session:\n  secret: hunter2\n", 64, ["session.secret"]),
    ("cors:\n  origins: ['https://app.example.com/page']\n", 64, ["cors.origins", "https://app.example.com/page"]),
    ("cors:\n  origins: ['*']\n", 64, ["cors.origins", "*"]),
    ("prefix: 'a{b}'\n", 64, ["a{b}"]),
    ("redis:\n  url: http://127.0.0.1\n", 64, ["http://127.0.0.1"]),
    ("plans:\n  names: [free, gold]\n", 64, ["plans.limit.gold"]),
    ("plans:\n  limit:\n    free: many\n", 64, ["plans.limit.free", "many"]),
    ("plans:\n  limit:\n    free: -5\n", 64, ["free"]),
    ("plans:\n  mode:\n    free: strict\n", 64, ["plans.mode.free", "strict"]),
    ("plans:\n  tiers:\n    pro: some\n", 64, ["plans.tiers.pro", "some"]),
    ("plans:\n  names: [free, free]\n", 64, ["free"]),
    ("plans:\n  names: ['Big One']\n  limit:\n    'Big One': 3\n", 64, ["Big One"]),
    ("plans:\n  default: gold\n", 64, ["gold"]),
    # A misspelt plan must not leave the one that was meant at its old limit.
    ("plans:\n  limit:\n    prro: 2000\n", 65, ["prro"]),
    ("actions:\n  counted: campaign\n", 64, ["actions.counted", "campaign"]),
    # Never a guess (R10): a kind in both lists, and one that no action can have.
    ("actions:\n  counted: [campaign, crm]\n", 64, ["crm"]),
    ("actions:\n  counted: ['Big One']\n", 64, ["Big One"]),
])
def test_a_mistake_in_the_file_is_named(place, text, status, named):
    done = check("--config", written(place, text))
    assert (done.returncode, done.stdout) == (status, ""), done.stderr
    assert all(word in done.stderr for word in named), done.stderr
    assert "hunter2" not in done.stderr, "secrets are not repeated"


def test_a_file_that_is_not_there(place):
    done = check("--config", str(place / "nosuch.yaml"))
    assert done.returncode == 65
    assert "nosuch.yaml" in done.stderr


def test_a_file_far_down_is_named_in_full(tmp_path):
    directory = tmp_path / ("a" * 60)
    directory.mkdir()
    path = written(directory, "lissten: 127.0.0.1:8080\n")
    assert f"{path}, line 1: " in check("--config", path).stderr


@pytest.mark.parametrize("variable, value", [
    ("HEADCOUNT_LISTEN", "nowhere"), ("HEADCOUNT_TIMEOUT", "soon"), ("HEADCOUNT_METRICS", "maybe"),
    ("HEADCOUNT_LOG_LEVEL", "loud"), ("HEADCOUNT_LOG_FORMAT", "xml"), ("HEADCOUNT_CORS_ORIGINS", "app.example.com"),
    ("HEADCOUNT_PLANS_LIMIT_FREE", "many"), ("HEADCOUNT_PLANS_MODE_PRO", "strict"),
])
def test_a_mistake_in_the_environment_is_named(variable, value):
    done = check(environment={variable: value})
    assert done.returncode == 64
    assert variable in done.stderr and value in done.stderr


@pytest.mark.parametrize("arguments, named", [
    (["--listen", "nowhere"], "nowhere"),
    (["--log-level", "loud"], "loud"),
    (["--log-format", "xml"], "xml"),
    (["--timeout", "0"], "0"),
    (["--redis", "http://127.0.0.1"], "http://127.0.0.1"),
    (["--embedded", "data", "--redis", "redis://127.0.0.1"], "--embedded"),
    (["--colour", "red"], "--colour"),
])
def test_a_mistake_in_a_flag_is_named(arguments, named):
    done = check(*arguments)
    assert done.returncode == 64
    assert named in done.stderr
    assert run("serve", *arguments, check=False).returncode == 64, "nor does it start"


@pytest.mark.parametrize("cert, key, named", [
    ("cert.pem", None, "tls.key"),
    (None, "key.pem", "tls.cert"),
    ("cert.pem", "other.pem", "cert.pem"),
    ("nosuch.pem", "key.pem", "nosuch.pem"),
    ("cert.pem", "nosuch.pem", "nosuch.pem"),
    ("key.pem", "key.pem", "key.pem"),
    ("cert.pem", "cert.pem", "cert.pem"),
])
def test_certificates_that_cannot_be_used(certificates, cert, key, named):
    arguments = ["--tls-cert", certificates / cert] if cert else []
    arguments += ["--tls-key", certificates / key] if key else []
    done = check(*arguments)
    assert done.returncode == 64
    assert named in done.stderr


# Plans and kinds of action


def test_plans_are_those_of_the_file(tmp_path):
    path = written(tmp_path, CATALOGUE)
    lines = [json.loads(line) for line in run("plan", "list", "--json", "--config", path).stdout.splitlines()]
    assert lines == [
        {"plan": "trial", "limit": 2, "tiers": [2], "mode": "hard", "isDefault": True},
        {"plan": "agency-7", "limit": 30, "tiers": [30, 90], "mode": "soft", "isDefault": False}]


def test_the_service_has_the_plans_and_kinds_of_the_file(redis, tmp_path):
    service = Service(redis.url, "--config", written(tmp_path, CATALOGUE))
    try:
        with Client(service, make_key(redis)) as client:
            plan = client.get("/v1/accounts/acct_plans/plan").json()
            assert (plan["plan"], plan["limit"]) == ("trial", 2)
            verdicts = [client.activate("acct_plans", contact, "broadcast:7").json()["verdict"] for contact in "abc"]
            assert verdicts == ["activated", "activated", "limit_reached"]
            assert client.activate("acct_plans", "c", "tag:vip").json()["verdict"] == "not_counted"
            assert client.activate("acct_plans", "c", "campaign:spring").status_code == 422
            plan = client.put("/v1/accounts/acct_plans/plan", json={"plan": "agency-7"}).json()
            assert (plan["plan"], plan["limit"], plan["mode"]) == ("agency-7", 30, "soft")
            assert client.put("/v1/accounts/acct_plans/plan", json={"plan": "pro"}).status_code == 422
    finally:
        service.close()


def test_plans_and_kinds_may_come_from_the_environment(redis):
    service = Service(redis.url, environment={
        "HEADCOUNT_PLANS_LIMIT_FREE": "1", "HEADCOUNT_ACTIONS_COUNTED": "broadcast,reply",
        "HEADCOUNT_ACTIONS_NOT_COUNTED": "tag"})
    try:
        with Client(service, make_key(redis)) as client:
            verdicts = [client.activate("acct_env", contact, "reply").json()["verdict"] for contact in "ab"]
            assert verdicts == ["activated", "limit_reached"]
            assert client.activate("acct_env", "c", "tag").json()["verdict"] == "not_counted"
            assert client.activate("acct_env", "c", "crm").status_code == 422
    finally:
        service.close()
