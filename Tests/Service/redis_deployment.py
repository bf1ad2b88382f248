"""Several servers that are a Redis together."""

from redis_server import kill_all, stop_all


class Deployment:
    """All that it consists of are `processes`: started, stopped, frozen together."""

    user, password = "default", None

    def __init__(self, processes):
        self.processes = processes
        try:
            self.start()
        except BaseException:
            self.close()
            raise

    def permit_prefix(self, prefix):
        """Lets clients use keys of another prefix than the usual one, where they may not anyway."""

    def start(self):
        """Starts what isn't running, again on the same ports and data after `stop`, and waits until all is well."""
        starting = [server for server in self.processes if server.process is None]
        for server in starting:
            server.launch()
        for server in starting:
            server.wait_until_it_answers()
        self.wait_until_well()

    def stop(self):
        """As when the machines are shut down: what was written is kept."""
        stop_all(self.processes)

    def kill(self):
        """As when all machines' power fails, but that their disks have all that was written."""
        kill_all(self.processes)

    def freeze(self):
        for server in self.processes:
            server.freeze()

    def thaw(self):
        for server in self.processes:
            server.thaw()

    def close(self):
        for server in self.processes:
            server.close()
