"""The processes that send campaigns."""

import subprocess
import tempfile

from service import HEADCOUNT, clean_environment


class Worker:
    """A `headcount worker` process."""

    def __init__(self, redis, *arguments, environment=None):
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen(
            [HEADCOUNT, "worker", "--redis", redis.url, *map(str, arguments)], stdin=subprocess.DEVNULL,
            stdout=self.errors, stderr=self.errors, env=clean_environment(environment))

    @property
    def log(self):
        self.errors.seek(0)
        return self.errors.read()

    @property
    def is_running(self):
        return self.process.poll() is None

    def terminate(self, within=30):
        """Asks it to end, and returns its exit status."""
        self.process.terminate()
        return self.process.wait(within)

    def kill(self):
        """As when the machine's power fails."""
        self.process.kill()
        self.process.wait()

    def close(self):
        if self.is_running:
            self.kill()
        self.errors.close()
