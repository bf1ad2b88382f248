"""Constant load from several client processes, and their histories afterwards."""

import dataclasses
import pathlib
import subprocess
import sys
import tempfile
import time

import calls
from accounts import conveyor
from client import Specification

# For the client processes to start.
HEAD_START = 0.8
# For what wasn't decided when the load ends.
GRACE = 20.0


@dataclasses.dataclass
class Shape:
    """How much load, and for how long at least, in seconds."""

    seconds: float
    processes: int = 3
    threads: int = 4
    # Of what is settled, longer than any outage; and of what is forgotten.
    lease: float = 60.0
    short_lease: float = 0.5


class Load:
    """Asks all services all the time, from `begins` until it is stopped, at `ends`."""

    def __init__(self, services, key, shape, patience=0.0, shards=1):
        self.shape = shape
        # For longer than the load is to last, since a fault may have it wait.
        self.accounts = conveyor(shape.seconds + patience, shards)
        self.begins = self.ends = 0.0
        self._directory = tempfile.TemporaryDirectory(prefix="headcount-load-")
        self._stop = pathlib.Path(self._directory.name) / "stop"
        self._services = services
        self._key = key
        self._processes = []

    def start(self):
        """The clients wait for each other until `begins`."""
        self.begins = time.monotonic() + HEAD_START
        for number in range(self.shape.processes):
            Specification(
                services=self._services, key=self._key, accounts=[dataclasses.asdict(each) for each in self.accounts],
                begins=self.begins, stop=str(self._stop), grace=GRACE, threads=self.shape.threads, number=number,
                lease=self.shape.lease, short_lease=self.shape.short_lease,
            ).write(self._path(number, "json"))
            program = pathlib.Path(__file__).with_name("client.py")
            self._processes.append(subprocess.Popen(
                [sys.executable, program, self._path(number, "json"), self._path(number, "jsonl")]))

    def stop(self):
        """Has the clients end, with what they are about. Returns the history."""
        self.ends = time.monotonic()
        self._stop.touch()
        for process in self._processes:
            assert process.wait(2 * GRACE) == 0, "a client ended with an error"
        return [call for number in range(self.shape.processes) for call in calls.read(self._path(number, "jsonl"))]

    def _path(self, number, kind):
        return f"{self._directory.name}/{number}.{kind}"

    def close(self):
        for process in self._processes:
            if process.poll() is None:
                process.kill()
                process.wait()
        self._directory.cleanup()
