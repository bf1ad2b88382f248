"""What each command of `headcount` does with Redis in all that it can do: a scene is prepared by a user who may do
everything; what comes after its `yield` is done by the user that is looked at."""

import datetime
import json

from campaigns import Campaign
from service import Client, Service, run
from webhooks import ENVIRONMENT, GENERIC_SECRET, comes_to, put_scenario, say, set_secrets
from worker import Worker

LAST_MONTH = (datetime.datetime.now(datetime.timezone.utc).replace(day=1) - datetime.timedelta(days=1)).strftime("%Y-%m")
SETTINGS = ENVIRONMENT | {"HEADCOUNT_TOMBSTONE_KEY": "sixteen bytes or more"}
SCENES = {}


def scene(command):
    """Registers a scene of this command."""
    return lambda play: SCENES.setdefault(command, play)


class Stage:
    """An account of the scene's own; `admin` and `run` are those who prepare and those who are looked at."""

    def __init__(self, redis, url, account, hook):
        self.redis, self.url, self.account, self.hook = redis, url, account, hook

    def admin(self, *arguments):
        return run(*arguments, redis=self.redis, environment=SETTINGS)

    def run(self, *arguments, fails=False, **options):
        done = run(*arguments, "--redis", self.url, environment=SETTINGS, check=False, **options)
        assert (done.returncode not in (0, 3)) == fails, f"{arguments}: {done.stderr}"
        return done

    def nowhere(self, *arguments):
        """While there is no Redis."""
        run(*arguments, "--redis", "redis://127.0.0.1:1", environment=SETTINGS)

    def cli(self, *command):
        return self.redis.cli(*command)

    def key(self, end):
        return f"hc:{{{self.account}}}:{end}"

    def activate(self, *contacts, account=None):
        self.admin("activate", account or self.account, "--by", "campaign:x", *contacts)

    def campaign(self, *contacts):
        Campaign(self.redis, self.account, contacts, self.hook.url)

    def scenario(self, *more):
        self.admin("scenario", "add", self.account, "--id", "welcome", "--on", "message", "--action", self.hook.url, *more)

    def die(self, *contacts):
        """Each of these contacts' runs fails, by a service and a worker that may do everything."""
        service, worker = Service(self.redis.url), Worker(self.redis)
        try:
            key = self.admin("api-key", "create", "--name", "t", "--scope", "admin").stdout.strip()
            with Client(service, key) as client:
                set_secrets(client, self.account, GENERIC_SECRET)
                url, answer = self.hook.url, self.hook.answer
                self.hook.answer = lambda request: 400
                put_scenario(client, self.account, url)
                for contact in contacts:
                    say(client, self.account, contact)
                comes_to(client, self.account, failed=len(contacts))
                self.hook.answer = answer
        finally:
            worker.close()
            service.close()

    @property
    def letters(self):
        lines = self.admin("dead", "list", self.account, "--json").stdout.splitlines()
        return [json.loads(line)["id"] for line in lines]


@scene("activate")
def _(stage):
    stage.admin("plan", "set", stage.account, "--limit", 2)
    yield
    done = stage.run("activate", stage.account, "--by", "campaign:x", "ann", "bob", "cleo", "--json")
    assert done.returncode == 3
    stage.run("activate", stage.account, "--by", "campaign:x", "--from", "-", "--json", input="")


@scene("reserve")
def _(stage):
    yield
    stage.run("reserve", stage.account, "--by", "campaign:x", "ann", "--json")
    stage.run("reserve", stage.account, "--by", "campaign:x", "--from", "-", "--json", input="")


def reserved(stage):
    """Two tokens at a limit of two, so that a notice is due."""
    stage.admin("plan", "set", stage.account, "--limit", 2)
    done = stage.admin("reserve", stage.account, "--by", "campaign:x", "ann", "bob")
    return [line.split("\t")[2] for line in done.stdout.splitlines()]


@scene("confirm")
def _(stage):
    tokens = reserved(stage)
    yield
    stage.run("confirm", stage.account, *tokens)


@scene("release")
def _(stage):
    tokens = reserved(stage)
    yield
    stage.run("release", stage.account, *tokens)


@scene("usage")
def _(stage):
    stage.activate("ann")
    yield
    stage.run("usage", stage.account)
    stage.run("usage", stage.account, "--period", LAST_MONTH)


@scene("history")
def _(stage):
    stage.activate("ann")
    yield
    stage.run("history", stage.account)


@scene("plan show")
def _(stage):
    yield
    stage.run("plan", "show", stage.account)


@scene("plan set")
def _(stage):
    yield
    stage.run("plan", "set", stage.account, "--limit", 2)


@scene("contacts list")
def _(stage):
    stage.activate("ann")
    yield
    assert stage.run("contacts", "list", stage.account).stdout == "ann\n"
    stage.run("contacts", "list", stage.account, "--period", LAST_MONTH)


@scene("contacts check")
def _(stage):
    yield
    stage.run("contacts", "check", stage.account, "ann")


@scene("contacts erase")
def _(stage):
    stage.activate("ann")
    stage.die("ann")
    stage.campaign("ann")
    yield
    stage.run("contacts", "erase", stage.account, "ann", "--yes")


@scene("contacts merge")
def _(stage):
    stage.activate("ann", "anna")
    yield
    stage.run("contacts", "merge", stage.account, "ann", "anna")


@scene("accounts")
def _(stage):
    stage.activate("ann")
    stage.cli("DEL", stage.cli("KEYS", "hc:accounts:*"))
    yield
    assert stage.account in stage.run("accounts").stdout


@scene("account remove")
def _(stage):
    stage.activate("ann")
    stage.campaign("ann")
    stage.scenario()
    stage.admin("channel", "link", stage.account, "instagram", "17841400008460099")
    stage.admin("api-key", "create", "--name", "t", "--scope", "read", "--account", stage.account)
    yield
    stage.run("account", "remove", stage.account, "--yes")


@scene("keys")
def _(stage):
    yield
    stage.run("keys", stage.account)


@scene("campaign start")
def _(stage):
    yield
    start = ["campaign", "start", stage.account, "--action", stage.hook.url, "--audience", "-", "--id"]
    stage.run(*start, "spring", "--dry-run", input="ann\n")
    stage.run(*start, "spring", "--json", input="ann\n")
    stage.run(*start, "summer", input="x" * 300 + "\n", fails=True)


@scene("campaign status")
def _(stage):
    stage.campaign("ann")
    yield
    stage.run("campaign", "status", stage.account, "spring")


@scene("campaign list")
def _(stage):
    stage.campaign("ann")
    yield
    stage.run("campaign", "list", stage.account)


@scene("campaign pause")
def _(stage):
    stage.campaign("ann")
    yield
    stage.run("campaign", "pause", stage.account, "spring")


@scene("campaign resume")
def _(stage):
    stage.campaign("ann")
    stage.admin("campaign", "pause", stage.account, "spring")
    yield
    stage.run("campaign", "resume", stage.account, "spring")


@scene("campaign cancel")
def _(stage):
    stage.campaign("ann")
    yield
    stage.run("campaign", "cancel", stage.account, "spring")


@scene("campaign report")
def _(stage):
    stage.campaign("ann")
    yield
    stage.run("campaign", "report", stage.account, "spring")


@scene("campaign retry")
def _(stage):
    stage.campaign("ann")
    stage.cli("HSET", stage.key("campaign:spring:jobs"), "ann", "f 1 1 status 400")
    yield
    stage.run("campaign", "retry", stage.account, "spring", "--failed")


@scene("scenario add")
def _(stage):
    yield
    stage.run("scenario", "add", stage.account, "--id", "x", "--on", "message", "--action", stage.hook.url)


def about_a_scenario(command, *more):
    @scene(f"scenario {command}")
    def _(stage):
        stage.scenario()
        yield
        stage.run("scenario", command, stage.account, "welcome", *more)


about_a_scenario("show")
about_a_scenario("remove", "--yes")
about_a_scenario("enable")
about_a_scenario("disable")


@scene("scenario list")
def _(stage):
    stage.scenario()
    yield
    stage.run("scenario", "list", stage.account)


@scene("scenario runs")
def _(stage):
    stage.die("ann")
    stage.cli("HSET", stage.key("scenario:welcome:jobs"), "bob", "p 0 0")
    yield
    stage.run("scenario", "runs", stage.account)
    stage.run("scenario", "runs", stage.account, "--contact", "ann")


@scene("channel link")
def _(stage):
    stage.admin("channel", "link", "acct_other", "instagram", "17841400008460002")
    yield
    stage.run("channel", "link", stage.account, "instagram", "17841400008460001")
    stage.run("channel", "link", stage.account, "generic", "--secret", GENERIC_SECRET)
    stage.run("channel", "link", stage.account, "instagram", "17841400008460003", "17841400008460002", fails=True)


@scene("channel unlink")
def _(stage):
    stage.admin("channel", "link", stage.account, "instagram", "17841400008460004")
    yield
    stage.run("channel", "unlink", stage.account, "instagram", "17841400008460004")
    stage.run("channel", "unlink", stage.account, "instagram", "17841400008460004", fails=True)


@scene("channel list")
def _(stage):
    yield
    stage.run("channel", "list", stage.account)


@scene("dead list")
def _(stage):
    stage.die("ann")
    yield
    stage.run("dead", "list")
    stage.run("dead", "list", stage.account)


@scene("dead show")
def _(stage):
    stage.die("ann")
    [letter] = stage.letters
    yield
    stage.run("dead", "show", stage.account, letter)


@scene("dead replay")
def _(stage):
    stage.die("ann")
    yield
    stage.run("dead", "replay", stage.account, "--all")


@scene("dead purge")
def _(stage):
    stage.die("ann")
    yield
    stage.run("dead", "purge", stage.account, "--all", "--yes")


@scene("notices list")
def _(stage):
    yield
    stage.run("notices", "list", stage.account)


@scene("notices resend")
def _(stage):
    told = ["event", "limit.changed", "told", "1790000000000-0", "status", "delivered", "attempts", "1"]
    stage.cli("XADD", stage.key("notices"), "1790000000000-0", *told)
    yield
    stage.run("notices", "resend", stage.account, "1790000000000-0")


@scene("notices set")
def _(stage):
    yield
    stage.run("notices", "set", stage.account, "--url", stage.hook.url)


@scene("notices show")
def _(stage):
    yield
    stage.run("notices", "show", stage.account)


@scene("notices test")
def _(stage):
    yield
    stage.run("notices", "test", stage.account, "--url", stage.hook.url)


@scene("api-key create")
def _(stage):
    yield
    stage.run("api-key", "create", "--name", "t", "--scope", "read")


@scene("api-key list")
def _(stage):
    yield
    stage.run("api-key", "list")


@scene("api-key revoke")
def _(stage):
    id = stage.admin("api-key", "create", "--name", "t", "--scope", "read").stdout.split("_")[1]
    yield
    stage.run("api-key", "revoke", id)


@scene("doctor")
def _(stage):
    yield
    stage.run("doctor")
