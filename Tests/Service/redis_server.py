"""One redis-server process, and what all kinds of Redis have in common."""

import atexit
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile

from ports import free_port
from waiting import eventually

_running = set()


@atexit.register
def _close_all():
    for server in list(_running):
        server.close()


class RedisServer:
    """A redis-server of a test's own: a Redis of its own, or a master, replica or sentinel of a deployment."""

    # What redis-cli needs to speak to it, besides the port.
    cli_options = ()

    def __init__(self, *arguments, environment=None, configuration=""):
        self.directory = tempfile.mkdtemp(prefix="headcount-test-")
        self.port = free_port()
        self.url = f"redis://{self.address}"
        self.arguments = arguments
        self.environment = environment
        self.process = None
        self.is_frozen = False
        # A file, so that what Sentinel makes of a server survives its restart.
        self.configuration = pathlib.Path(self.directory) / "redis.conf"
        self.configuration.write_text(configuration)

    def __repr__(self):
        return f"<{type(self).__name__} at {self.address}>"

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    @property
    def command(self):
        return [
            "redis-server", str(self.configuration), *self.listening, "--bind", "127.0.0.1", "--dir", self.directory,
            "--save", "", "--appendonly", "yes", "--set-max-intset-entries", "16384",
            # A replica is there at once, and stays when a test moves the clock.
            "--repl-diskless-sync-delay", "0", "--repl-timeout", "1000000000", *self.arguments,
        ]

    @property
    def listening(self):
        return ["--port", str(self.port)]

    def launch(self):
        """Starts the process, again on the same port and data after `stop`, and doesn't wait for it."""
        with open(os.path.join(self.directory, "redis.log"), "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=os.environ | (self.environment or {}))
        _running.add(self)

    def start(self):
        """Starts it, again on the same port and data after `stop`."""
        self.launch()
        self.wait_until_it_answers()

    def wait_until_it_answers(self):
        assert eventually(lambda: self.process.poll() is not None or self.cli("PING", check=False) == "PONG"), self.log
        assert self.process.poll() is None, self.log

    @property
    def log(self):
        """What it has to tell about itself."""
        return pathlib.Path(self.directory, "redis.log").read_text()

    @property
    def is_answering(self):
        return self.process is not None and not self.is_frozen and self.process.poll() is None

    def stop(self):
        """As when the machine is shut down: what was written is kept."""
        stop_all([self])

    def kill(self):
        """As when the machine's power fails, but that its disk has all that was written."""
        kill_all([self])

    def freeze(self):
        self.process.send_signal(signal.SIGSTOP)
        self.is_frozen = True

    def thaw(self):
        self.process.send_signal(signal.SIGCONT)
        self.is_frozen = False

    def node_of(self, key):
        """The server that has a key."""
        return self

    def ask(self, *command, check=True, **options):
        """redis-cli's own result."""
        return subprocess.run(
            ["redis-cli", "-p", str(self.port), *self.cli_options, *map(str, command)],
            capture_output=True, check=check, **options)

    def cli(self, *command, check=True):
        """What redis-cli prints."""
        return self.ask(*command, check=check, text=True).stdout.strip()

    def info(self, section):
        """A section of INFO."""
        return dict(line.split(":", 1) for line in self.cli("INFO", section, check=False).splitlines() if ":" in line)

    def replicas_online(self):
        """How many replicas get each write as it happens. (They say that their link is up a moment before that.)"""
        return sum("state=online" in value for value in self.info("replication").values())

    def feed(self, commands):
        """Runs commands, any number of them, one a line."""
        done = self.ask("--pipe", input="\n".join(commands) + "\n", text=True)
        assert "errors: 0" in done.stdout, done.stdout

    def connect(self):
        """A socket for what redis-cli would be too slow for."""
        return socket.create_connection(("127.0.0.1", self.port))

    def close(self):
        self.kill()
        shutil.rmtree(self.directory, ignore_errors=True)


def stop_all(servers):
    """Ends servers at the same time; they keep what was written."""
    stopping = [server for server in servers if server.process is not None]
    for server in stopping:
        server.thaw()

    def have_ended():
        for server in stopping:
            # Again and again: one that is just writing its first append-only file doesn't listen.
            server.process.terminate()
        return all(server.process.poll() is not None for server in stopping)

    eventually(have_ended, within=20)
    kill_all(stopping)


def kill_all(servers):
    """Ends servers at the same time."""
    killed = [server for server in servers if server.process is not None]
    for server in killed:
        server.process.kill()
    for server in killed:
        server.process.wait()
        server.process, server.is_frozen = None, False
        _running.discard(server)
