"""How the service is set up: by flags, the environment and a file, each mistake named; its own Redis, TLS, sockets and
logs."""

import http.client
import json
import os
import pathlib
import re
import socket
import ssl
import subprocess
import tempfile

import pytest
import requests

from service import Client, Service, eventually, free_port, make_key, run

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


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A certificate for loopback that signs itself, its key, and a key that belongs to neither."""
    directory = tmp_path_factory.mktemp("tls")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", directory / "key.pem", "-out", directory / "cert.pem"], check=True, capture_output=True)
    subprocess.run(
        ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:prime256v1",
         "-out", directory / "other.pem"], check=True, capture_output=True)
    return directory


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


def test_a_port_that_is_taken(redis):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        done = run("serve", "--listen", address, redis=redis, check=False)
    assert done.returncode == 1
    assert f"can't listen on {address}" in done.stderr and "in use" in done.stderr


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


# A Redis of its own


def embedded_redis(directory):
    """The redis-server's process id while it runs."""
    try:
        pid = int((pathlib.Path(directory) / "redis.pid").read_text())
        os.kill(pid, 0)
        return pid
    except (FileNotFoundError, ProcessLookupError, ValueError):
        return None


def test_embedded_makes_a_first_key_once_and_keeps_its_data(tmp_path):
    directory = str(tmp_path / "data")
    service = Service(None, "--embedded", directory)
    try:
        key = service.printed.removesuffix("\n")
        assert re.fullmatch("hck_[0-9a-f]{16}_[0-9a-f]{64}", key), "the key alone is on standard output"
        with Client(service, key) as client:
            assert client.put("/v1/accounts/acct_1/plan", json={"limit": 2}).status_code == 200
            assert client.activate("acct_1", "ann").json()["verdict"] == "activated"
        assert embedded_redis(directory)
        assert service.terminate() == 0
        assert embedded_redis(directory) is None, "it ends with the service"
    finally:
        service.close()

    service = Service(None, "--embedded", directory)
    try:
        assert service.printed == "", "no second key"
        with Client(service, key) as client:
            assert client.activate("acct_1", "ann").json()["verdict"] == "already_activated"
            assert client.activate("acct_1", "bob").json()["verdict"] == "activated"
        # As when the machine's memory ran out.
        service.process.kill()
        service.process.wait()
        assert eventually(lambda: embedded_redis(directory) is None), "nor does it outlive a service that was killed"
    finally:
        service.close()

    service = Service(None, "--embedded", directory)
    try:
        with Client(service, key) as client:
            assert client.get("/v1/accounts/acct_1/usage").json()["used"] == 2
            assert client.activate("acct_1", "cleo").json()["verdict"] == "limit_reached"
    finally:
        service.terminate()
        service.close()


def test_embedded_makes_no_key_where_others_could_reach_it(tmp_path):
    service = Service(None, "--embedded", str(tmp_path / "data"), "--listen", "0.0.0.0:0")
    try:
        assert service.printed == ""
        assert "hck_" not in service.log
    finally:
        service.terminate()
        service.close()


# Where it listens


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_tls(redis, certificates):
    service = Service(redis.url, "--tls-cert", certificates / "cert.pem", "--tls-key", certificates / "key.pem")
    try:
        assert service.url.startswith("https://")
        answer = requests.get(
            service.url + "/v1/accounts/acct_1/usage", verify=certificates / "cert.pem", timeout=10,
            headers={"Authorization": f"Bearer {make_key(redis)}"})
        assert answer.status_code == 200
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
        health = ["health", "--listen", f"127.0.0.1:{service.port}"]
        assert run(*health, "--tls", check=False).returncode == 0
        assert run(*health, check=False).returncode == 69, "it speaks TLS only"
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.set_ciphers("ALL:@SECLEVEL=0")
        old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
            with pytest.raises(OSError):
                old.wrap_socket(connection)
        with socket.create_connection(("127.0.0.1", service.port), timeout=10) as connection:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: headcount\r\n\r\n")
            assert not connection.recv(4096).startswith(b"HTTP/")
        assert run(*health, "--tls", check=False).returncode == 0, "and goes on"
    finally:
        service.close()


def test_a_unix_socket(redis, tmp_path):
    path = tmp_path / "headcount.sock"
    for _ in range(2):
        service = Service(redis.url, "--listen", f"unix:{path}", wait=False)
        try:
            health = ["health", "--listen", f"unix:{path}"]
            assert eventually(lambda: run(*health, check=False).returncode == 0), service.log
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(str(path))
                connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: headcount\r\nConnection: close\r\n\r\n")
                answer = http.client.HTTPResponse(connection)
                answer.begin()
                assert (answer.status, answer.read()) == (200, b'{"status":"ok"}')
            # Killed, so that its socket stays behind: the next one takes its place.
            service.process.kill()
            service.process.wait()
            assert run(*health, check=False).returncode == 69
        finally:
            service.close()


def test_health_says_where_nobody_answers():
    address = f"127.0.0.1:{free_port()}"
    done = run("health", "--listen", address, check=False)
    assert (done.returncode, done.stdout) == (69, "")
    assert address in done.stderr


# Logs


def requests_of(service, redis):
    """Some that succeed and some that fail, with a contact and a query that no log may hold."""
    with Client(service, make_key(redis)) as client:
        ids = []
        for answer in (
            client.activate("acct_log", "contact-4711"),
            client.get("/v1/accounts/acct_log/contacts/contact-4711?period=2026-11"),
            client.get("/v1/accounts/acct_log/contacts/contact-4711%0A?period=2026-11"),
            client.get("/v1/accounts/acct_log/usage?contact-4711=1"),
            client.post("/v1/accounts/acct_log/activations", json={"contact": "contact-4711\n", "by": "campaign:spring"}),
            client.get("/nothing/contact-4711"),
        ):
            ids.append(answer.headers["X-Request-Id"])
        return ids


def test_a_log_of_one_json_object_a_line(redis):
    service = Service(redis.url, "--log-level", "info", "--log-format", "json")
    try:
        ids = requests_of(service, redis)
        assert service.terminate() == 0
        lines = [json.loads(line) for line in service.log.splitlines()]
        assert all({"time", "level", "logger", "message"} <= line.keys() for line in lines)
        answered = {line["requestId"]: line for line in lines if line["message"] == "request"}
        assert list(answered) == ids, "a line for each request, in order"
        assert [(line["method"], line["route"], line["status"]) for line in answered.values()] == [
            ("POST", "/v1/accounts/{account}/activations", "200"),
            ("GET", "/v1/accounts/{account}/contacts/{contact}", "200"),
            ("GET", "/v1/accounts/{account}/contacts/{contact}", "422"),
            ("GET", "/v1/accounts/{account}/usage", "400"),
            ("POST", "/v1/accounts/{account}/activations", "422"),
            ("GET", "none", "404")]
        assert "4711" not in service.log and "2026-11?" not in service.log and "period=" not in service.log
    finally:
        service.close()


def test_a_log_of_text(redis):
    service = Service(redis.url, "--log-level", "info")
    try:
        ids = requests_of(service, redis)
        assert service.terminate() == 0
        for id in ids:
            assert re.search(rf"^\S+ info .*requestId={id} ", service.log, re.MULTILINE)
        assert "4711" not in service.log and "period=" not in service.log
    finally:
        service.close()


def test_at_its_default_level_it_is_quiet(redis):
    service = Service(redis.url)
    try:
        requests_of(service, redis)
        assert service.terminate() == 0
        assert not [line for line in service.log.splitlines() if " info " in line or "request" in line]
    finally:
        service.close()
