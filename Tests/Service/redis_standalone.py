"""One redis-server, without a password and without TLS."""

from redis_server import RedisServer


class Standalone(RedisServer):
    """Is running once it is made."""

    description = "one server"
    # Whom clients are to Redis.
    user, password = "default", None

    def __init__(self, *arguments, environment=None):
        super().__init__(*arguments, environment=environment)
        self.start()

    @property
    def masters(self):
        return [self]

    @property
    def replicas(self):
        return []

    def permit_prefix(self, prefix):
        """Lets clients use keys of another prefix than the usual one, where they may not anyway."""
