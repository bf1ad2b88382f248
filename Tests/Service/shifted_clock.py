"""The wall clock of a child process, moved while it runs: `Tests/ShiftClock/shift_clock.c`, preloaded."""

import pathlib
import struct
import subprocess
import tempfile
import time

from service import ROOT


class ShiftedClock:
    """Shows the machine's time until it is moved. `environment` is for the child."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="headcount-clock-")
        self._file = pathlib.Path(self._directory.name) / "shift"
        self._file.write_bytes(struct.pack("=q", 0))
        library = f"{self._directory.name}/shift_clock.so"
        subprocess.run(
            ["cc", "-shared", "-fPIC", "-O2", "-o", library, ROOT / "Tests/ShiftClock/shift_clock.c"], check=True)
        self.environment = {"LD_PRELOAD": library, "CLOCK_SHIFT_FILE": str(self._file)}

    def set(self, when):
        """Shows the time of a `datetime` now."""
        # In place: the process has the file mapped.
        with self._file.open("r+b") as file:
            file.write(struct.pack("=q", int(when.timestamp() - time.time())))

    def close(self):
        self._directory.cleanup()
