"""Campaigns, as the command line has them."""

import json
import tempfile
import time

from service import run

OUTCOMES = ["waiting", "sending", "sent", "parked", "failed", "skipped", "unknown"]


class Campaign:
    """A campaign of an account, which is started."""

    def __init__(self, redis, account, contacts, url, *arguments, id="spring"):
        self.redis, self.account, self.id = redis, account, id
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as audience:
            audience.writelines(f"{contact}\n" for contact in contacts)
            audience.flush()
            run("campaign", "start", account, "--id", id, "--audience", audience.name, "--action", url, *arguments,
                redis=redis)

    @classmethod
    def known(cls, redis, account, id="spring"):
        """One that was started otherwise, if it was."""
        campaign = cls.__new__(cls)
        campaign.redis, campaign.account, campaign.id = redis, account, id
        return campaign

    def run(self, command, *arguments, check=True):
        """Runs one of the subcommands that are about one campaign."""
        return run("campaign", command, self.account, self.id, *arguments, redis=self.redis, check=check)

    @property
    def status(self):
        status = json.loads(self.run("status", "--json").stdout)
        assert sum(status[outcome] for outcome in OUTCOMES) == status["total"], "each contact has one outcome"
        assert status["newlyCounted"] + status["alreadyCounted"] == status["sent"]
        return status

    @property
    def report(self):
        """Each contact's line."""
        lines = [json.loads(line) for line in self.run("report", "--json").stdout.splitlines()]
        by_contact = {line["contact"]: line for line in lines}
        assert len(by_contact) == len(lines), "one line a contact"
        return by_contact

    @property
    def outcomes(self):
        return {contact: line["outcome"] for contact, line in self.report.items()}

    def becomes(self, within=20, **expected):
        """Waits until its status has these values."""
        deadline = time.monotonic() + within
        while (status := self.status).items() & expected.items() != expected.items():
            assert time.monotonic() < deadline, f"{expected} was not reached: {status}"
            # Each look is a process of its own.
            time.sleep(0.1)
        return True


def planted(account, id, **fields):
    """A campaign that is in a state as Redis has it: commands that put it there."""
    fields = {"created": 1_790_000_000_000, "expires": 1_900_000_000, "state": "running"} | fields
    values = " ".join(f"{name} {value}" for name, value in fields.items())
    return [
        f"ZADD hc:{{{account}}}:campaigns {fields['created']} {id}",
        f"HSET hc:{{{account}}}:campaign:{id} action http://127.0.0.1:1/send {values}",
    ]


def usage(redis, account):
    return json.loads(run("usage", account, "--json", redis=redis).stdout)


def set_plan(redis, account, **values):
    run("plan", "set", account, *(f"--{name}={value}" for name, value in values.items()), redis=redis)


def activate(redis, account, *contacts):
    """Counts them by something that is no campaign."""
    done = run("activate", account, "--by", "scenario:welcome", *contacts, redis=redis)
    assert done.stdout.count("\tactivated\n") == len(contacts), done.stdout
