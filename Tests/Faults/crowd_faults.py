"""Clients that take what others need."""

import contextlib
import resource
import socket

from waiting import eventually

from fault import Fault
from resp import Connection, encode

MANY = 10_000


class ManyConnections(Fault):
    """Idle connections, and no place for more; then those of the services are ended, and find none."""

    name = "10,000 idle connections, maxclients reached"
    strikes = 3

    def strike(self, scene):
        with Connection(scene.redis.port) as redis:
            most = int(redis.send("CONFIG", "GET", "maxclients")[1])
            with idle_connections([scene.redis.port], min(MANY, most)) as count:
                scene.injected += 1
                scene.notes.append(f"{count} connections")
                scene.pause(scene.length / 2)
                redis.send("CONFIG", "SET", "maxclients", count // 2)
                before = refusals(redis)
                for line in redis.send("CLIENT", "LIST").splitlines():
                    fields = dict(part.split("=", 1) for part in line.split(" "))
                    if fields["name"].startswith("headcount"):
                        redis.send("CLIENT", "KILL", "ID", fields["id"])
                assert eventually(lambda: refusals(redis) > before, within=30)
                scene.pause()
            redis.send("CONFIG", "SET", "maxclients", most)


class ManyCallers(Fault):
    """Idle connections to the services."""

    name = "10,000 idle connections to the services"
    strikes = 2

    def strike(self, scene):
        with idle_connections([service.port for service in scene.system.services], MANY) as count:
            scene.injected += 1
            scene.notes.append(f"{count} connections")
            scene.pause()


class SlowConsumers(Fault):
    """Clients of Redis that ask for much and don't read it."""

    name = "clients of Redis that don't read"

    def strike(self, scene):
        with Connection(scene.redis.port) as redis, contextlib.ExitStack() as slow:
            redis.send("SET", "large", "x" * 200_000)
            for _ in range(20):
                consumer = slow.enter_context(connect(scene.redis.port))
                consumer.sendall(encode("GET", "large") * 60)
                scene.injected += 1
            scene.pause()
            used = redis.send("INFO", "memory").split("used_memory:")[1].split()[0]
            scene.notes.append(f"{int(used) >> 20} MiB in Redis")
            redis.send("DEL", "large")


class SlowCallers(Fault):
    """Callers of the services that ask again and again and don't read the answers."""

    name = "callers of the services that don't read"

    def strike(self, scene):
        request = (
            f"GET /v1/accounts?near=0 HTTP/1.1\r\nHost: headcount\r\nAuthorization: Bearer {scene.system.key}\r\n\r\n"
        ).encode()
        with contextlib.ExitStack() as slow:
            for service in scene.system.services:
                for _ in range(10):
                    caller = slow.enter_context(connect(service.port))
                    caller.setblocking(False)
                    with contextlib.suppress(BlockingIOError):
                        for _ in range(200):
                            caller.sendall(request)
                    scene.injected += 1
            scene.pause()


def connect(port):
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def refusals(redis):
    return int(redis.send("INFO", "stats").split("rejected_connections:")[1].split()[0])


@contextlib.contextmanager
def idle_connections(ports, count):
    """So many in turn, or as many as the system lets this process open. Yields how many."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    count = min(count, hard - 500)
    with contextlib.ExitStack() as idle:
        for number in range(count):
            idle.enter_context(connect(ports[number % len(ports)]))
        yield count
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
