"""What the tests start: real redis-servers and real `headcount serve` processes, on ports of loopback that are free."""

import os
import pathlib
import re
import subprocess
import tempfile

import requests

from ports import free_port
from program import HEADCOUNT, ROOT
from redis_servers import client_environment, make_redis as Redis
from waiting import eventually

__all__ = [
    "HEADCOUNT", "ROOT", "Client", "Process", "Redis", "Service", "clean_environment", "eventually", "free_port",
    "make_key", "run"]


class Process:
    """A `headcount` command that runs on, and what it writes."""

    def __init__(self, *arguments, environment=None):
        self.errors = tempfile.TemporaryFile()
        self.output = tempfile.TemporaryFile()
        command = [HEADCOUNT, *map(str, arguments)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.errors,
            env=clean_environment(environment, command))

    @property
    def log(self):
        """What it has written to standard error."""
        return _contents(self.errors)

    @property
    def printed(self):
        """What it has written to standard output."""
        return _contents(self.output)

    def memory(self):
        """Resident bytes."""
        pages = pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def terminate(self, within=20):
        """Asks it to end, and returns its exit status."""
        self.process.terminate()
        return self.process.wait(within)

    def kill(self):
        """As when the machine's power fails."""
        self.process.kill()
        self.process.wait()

    def close(self):
        if self.process.poll() is None:
            self.kill()
        self.errors.close()
        self.output.close()


class Service(Process):
    """A `headcount serve` process. `url` is where it listens."""

    def __init__(self, redis_url, *arguments, environment=None, wait=True):
        self.redis_url = redis_url
        if redis_url is not None:
            arguments += ("--redis", redis_url)
        super().__init__("serve", "--listen", "127.0.0.1:0", *arguments, environment=environment)
        self.url = None
        if wait:
            assert eventually(self._find_url), f"headcount serve did not start: {self.log}"

    def _find_url(self):
        found = re.search(r"listening on (https?://[^\s\"]+)", self.log)
        self.url = found.group(1) if found else None
        return self.url is not None or self.process.poll() is not None

    @property
    def port(self):
        return int(self.url.rsplit(":", 1)[1])


class Client(requests.Session):
    """Calls one service with one key."""

    def __init__(self, service, key=None):
        super().__init__()
        self.base = service.url
        if key is not None:
            self.headers["Authorization"] = f"Bearer {key}"

    def request(self, method, path, **options):
        options.setdefault("timeout", 30)
        return super().request(method, self.base + path, **options)

    def activate(self, account, contact, by="campaign:spring"):
        return self.post(f"/v1/accounts/{account}/activations", json={"contact": contact, "by": by})


def _contents(file):
    """Without moving the file's offset: a process that writes to the file shares it."""
    return os.pread(file.fileno(), os.fstat(file.fileno()).st_size, 0).decode(errors="replace")


def clean_environment(more=None, command=()):
    """This process's, without what would set up the program, and with what the Redis needs whose URL is given to it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEADCOUNT_")} | (more or {})
    for word in (*command, kept.get("HEADCOUNT_REDIS_URL")):
        kept = client_environment(word) | kept
    return kept


def run(*arguments, redis=None, environment=None, check=True, input=None):
    """Runs the command to its end, with `input` on its standard input."""
    command = [HEADCOUNT, *map(str, arguments)] + (["--redis", redis.url] if redis else [])
    return subprocess.run(
        command, capture_output=True, text=True, check=check, env=clean_environment(environment, command), timeout=120,
        input=input)


def make_key(redis, scope="admin", name="tests", account=None, expires=None):
    """A new API key's text."""
    arguments = ["api-key", "create", "--name", name, "--scope", scope]
    arguments += ["--account", account] if account else []
    arguments += ["--expires", expires] if expires else []
    return run(*arguments, redis=redis).stdout.strip()
