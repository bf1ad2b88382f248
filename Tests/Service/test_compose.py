"""docker-compose.yml without a container engine: its own command lines, files and variables, run on this machine."""

import re
import shlex
import subprocess

import pytest
import yaml

from campaigns import Campaign
from redis_servers import Standalone
from service import ROOT, Client, Service, clean_environment, eventually, make_key, run
from worker import Worker

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SECRETS = {"HEADCOUNT_REDIS_PASSWORD": "5ec2e7", "HEADCOUNT_SESSION_SECRET": "sixteen bytes or more"}


def filled_in(text):
    """As compose replaces variables; one that has to be set is missing if it is not."""
    def value(found):
        name, operator, rest = found.groups()
        assert operator == ":-" or name in SECRETS, f"{name} {rest}"
        return SECRETS.get(name, "" if operator == ":?" else rest)

    return re.sub(r"\$\{(\w+)(:[-?])([^}]*)\}", value, text)


class ComposedRedis(Standalone):
    """What the service `redis` runs, at a port and in a directory of this machine, with its files from where they come from."""

    def start(self):
        service = COMPOSE["services"]["redis"]
        places = {"/data": self.directory}
        for volume in service["volumes"]:
            source, target, *_ = volume.split(":")
            if source.startswith("./"):
                places[target] = str(ROOT / source)
        for config in service["configs"]:
            path = f"{self.directory}/{config['source']}"
            with open(path, "w") as file:
                file.write(filled_in(COMPOSE["configs"][config["source"]]["content"]))
            places[config["target"]] = path
        variables = {name: filled_in(value) for name, value in service["environment"].items()}
        self.environment = clean_environment(variables)
        command = [places.get(word, word) for word in service["command"]]
        log = open(f"{self.directory}/redis.log", "ab")
        self.process = subprocess.Popen([*command, "--port", str(self.port), "--bind", "127.0.0.1"], stdout=log, stderr=log)
        kind, check = service["healthcheck"]["test"]
        assert kind == "CMD-SHELL"
        check = check.replace("redis-cli", f"redis-cli -p {self.port}")
        assert eventually(lambda: subprocess.run(
            ["sh", "-c", check], stderr=subprocess.DEVNULL, env=self.environment).returncode == 0)
        url = filled_in(COMPOSE["services"]["headcount-1"]["environment"]["HEADCOUNT_REDIS_URL"])
        self.url = url.replace("@redis:6379", f"@127.0.0.1:{self.port}")


    def as_default(self, *command):
        """What somebody is told who gives no password."""
        return subprocess.run(["redis-cli", "-p", str(self.port), *command], capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def redis():
    redis = ComposedRedis()
    yield redis
    redis.close()


def test_secrets_are_given_and_stand_on_no_command_line():
    text = (ROOT / "docker-compose.yml").read_text()
    assert set(re.findall(r"\$\{(\w+):\?", text)) == SECRETS.keys()
    for service in COMPOSE["services"].values():
        assert "${" not in str(service.get("command"))
    head = text[:text.index("\nname:")]
    assert all(f"export {name}=" in head for name in SECRETS)


def test_the_user_is_the_least_for_a_service_and_a_worker():
    users = filled_in(COMPOSE["configs"]["redis-users"]["content"]).splitlines()
    [line] = [line for line in users if line.startswith("user headcount")]
    printed = run("doctor", "--acl", "serve", "worker", "--redis", "redis://headcount:x@redis").stdout.split()
    assert [word for word in line.split() if word[0] in "~+-"] == [word for word in printed if word[0] in "~+-"]


def test_who_gives_no_password_may_do_nothing(redis):
    for command in ("PING", "GET x", "INFO", "CONFIG GET *", "KEYS *", "ACL LIST", "PUBLISH x y", "EVAL return 0"):
        assert redis.as_default(*command.split()).startswith("NOAUTH"), command


def test_what_was_counted_is_there_after_a_restart(redis, account):
    run("activate", account, "ann", "bob", "--by", "campaign:x", redis=redis)
    before = run("usage", account, "--json", redis=redis).stdout
    redis.stop()
    redis.start()
    assert run("usage", account, "--json", redis=redis).stdout == before


def test_services_and_a_worker_work_with_it(redis, account, action):
    key = make_key(redis)
    service = Service(redis.url)
    worker = Worker(redis)
    try:
        with Client(service, key) as client:
            assert client.get("/readyz").status_code == 200
            assert client.activate(account, "ann").json()["verdict"] == "activated"
        Campaign(redis, account, ["bob"], action().url).becomes(sent=1)
        assert run("usage", account, redis=redis).returncode == 0
    finally:
        worker.close()
        service.close()


def test_the_settings_are_those_of_the_shipped_file(redis):
    done = run("doctor", redis=redis, check=False)
    assert done.returncode == 0, "what this user may not see is unknown, no problem"
    shipped = dict(line.split(maxsplit=1) for line in (ROOT / "config/redis.conf").read_text().splitlines()
                   if line and not line.startswith("#"))
    assert shipped["appendonly"] == "yes" and eventually(lambda: subprocess.run(
        ["sh", "-c", f"ls {shlex.quote(redis.directory)}/appendonly*"], capture_output=True).returncode == 0)
