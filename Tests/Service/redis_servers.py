"""Which kind of Redis the tests run on: HEADCOUNT_TEST_REDIS."""

import os

from redis_cluster import Cluster
from redis_secured import SecuredRedis, client_environment
from redis_sentinel import Sentinel
from redis_server import RedisServer
from redis_standalone import Standalone

__all__ = [
    "KIND", "KINDS", "Cluster", "RedisServer", "SecuredRedis", "Sentinel", "Standalone", "client_environment",
    "make_redis"]

KINDS = {"standalone": Standalone, "cluster": Cluster, "sentinel": Sentinel, "tls": SecuredRedis}
KIND = os.environ.get("HEADCOUNT_TEST_REDIS", "standalone")
assert KIND in KINDS, f"HEADCOUNT_TEST_REDIS is one of {', '.join(KINDS)}, not {KIND!r}"

# Nobody takes another's place because this machine is busy, frozen, or because a test has moved the clock by years.
_CALM = {"cluster": {"node_timeout": 10**12}, "sentinel": {"down_after": 10**8}}


def make_redis(*arguments, environment=None):
    """A Redis of the kind that is asked for, with redis-server's arguments and environment."""
    return KINDS[KIND](*arguments, environment=environment, **_CALM.get(KIND, {}))
