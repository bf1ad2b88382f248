"""The processes that send campaigns and deliver notices."""

from service import Process


class Worker(Process):
    """A `headcount worker` process."""

    def __init__(self, redis, *arguments, environment=None):
        super().__init__("worker", "--redis", redis.url, *arguments, environment=environment)

    @property
    def is_running(self):
        return self.process.poll() is None

    def terminate(self, within=30):
        return super().terminate(within)
