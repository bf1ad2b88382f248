"""The wall clock of a process, such as a redis-server, moved by the tests: ../ShiftClock/shift_clock.c, preloaded."""

import functools
import pathlib
import struct
import subprocess
import tempfile
import time

from service import ROOT

# Removed at the tests' end.
_place = tempfile.TemporaryDirectory(prefix="headcount-clock-")


@functools.cache
def library():
    path = pathlib.Path(_place.name) / "shift_clock.so"
    source = ROOT / "Tests/ShiftClock/shift_clock.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-O2", "-o", path, source], check=True)
    return str(path)


class Clock:
    """Shows `starts_at`, in epoch seconds, and runs on from there. `environment` is for the process."""

    def __init__(self, starts_at=None):
        self.file = tempfile.NamedTemporaryFile(dir=_place.name, delete=False, buffering=0)
        self.shift = 0 if starts_at is None else int(starts_at - time.time())
        self._write()
        self.environment = {"LD_PRELOAD": library(), "CLOCK_SHIFT_FILE": self.file.name}

    def advance(self, seconds):
        self.shift += seconds
        self._write()

    def _write(self):
        # In place: the process has the file mapped.
        self.file.seek(0)
        self.file.write(struct.pack("=q", self.shift))
