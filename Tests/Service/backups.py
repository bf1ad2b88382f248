"""Backups and restores, and what a Redis holds, byte for byte."""

import json

from service import run


class Connection:
    """One to a server, that answers in bytes."""

    def __init__(self, server):
        self.socket = server.connect()
        self.file = self.socket.makefile("rb")

    def ask(self, commands):
        """The answers to many commands at once."""
        sent = bytearray()
        for words in commands:
            sent += b"*%d\r\n" % len(words)
            for word in words:
                word = word if isinstance(word, bytes) else str(word).encode()
                sent += b"$%d\r\n%s\r\n" % (len(word), word)
        self.socket.sendall(sent)
        return [self._read() for _ in commands]

    def _read(self):
        line = self.file.readline()
        kind, rest = line[:1], line[1:-2]
        if kind == b"*":
            return None if rest == b"-1" else [self._read() for _ in range(int(rest))]
        if kind == b"$":
            return None if rest == b"-1" else self.file.read(int(rest) + 2)[:-2]
        assert kind != b"-", rest
        return int(rest) if kind == b":" else rest

    def close(self):
        self.file.close()
        self.socket.close()


class Wire:
    """Connections to the servers of a Redis. The second word of a command is its key."""

    def __init__(self, redis):
        self.redis = redis
        self._connections = {}
        self._servers = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for connection in self._connections.values():
            connection.close()

    def __call__(self, *words):
        return self.all([words])[0]

    def all(self, commands):
        """The answers to many commands at once, all of one key."""
        key = commands[0][1] if len(commands[0]) > 1 else ""
        if key not in self._servers:
            self._servers[key] = self.redis.node_of(key)
        server = self._servers[key]
        if server not in self._connections:
            self._connections[server] = Connection(server)
        return self._connections[server].ask(commands)


def without_cache(value):
    """A HyperLogLog remembers its last count, whenever that was asked for."""
    return value[:8] + value[16:] if value.startswith(b"HYLL") else value


READERS = {
    b"set": lambda wire, key: frozenset(wire("SMEMBERS", key)),
    b"zset": lambda wire, key: tuple(wire("ZRANGE", key, 0, -1, "WITHSCORES")),
    b"hash": lambda wire, key: frozenset(zip(*[iter(wire("HGETALL", key))] * 2)),
    b"list": lambda wire, key: tuple(wire("LRANGE", key, 0, -1)),
    b"stream": lambda wire, key: str(wire("XRANGE", key, "-", "+")),
    b"string": lambda wire, key: without_cache(wire("GET", key)),
}


def contents(redis, prefix="hc"):
    """Everything that a Redis holds under a prefix: each key without it to type, content, and when it expires in s."""
    found = {}
    for master in redis.masters:
        with Wire(master) as wire:
            now = wire("TIME")
            now = int(now[0]) + int(now[1]) / 1e6
            for key in wire("KEYS", f"{prefix}:*"):
                type = wire("TYPE", key)
                left = wire("PTTL", key)
                found[key[len(prefix):]] = (type, READERS[type](wire, key), left < 0 or round(now + left / 1000))
    return found


def same(one, other):
    """Whether two contents are the same; expiries to the second or so. When something is due is found out anew."""
    assert one.keys() == other.keys(), sorted(one.keys() ^ other.keys())
    for key, (type, content, expires) in one.items():
        if key.startswith(b":due:"):
            assert set(content[::2]) == set(other[key][1][::2]), key
            continue
        assert (type, content) == other[key][:2], key
        assert abs(expires - other[key][2]) <= 1, (key, expires, other[key][2])


def back_up(redis, path, *arguments):
    return run("backup", *(arguments or ["--all"]), "--output", path, redis=redis)


def restore(redis, path, *arguments, **options):
    return run("restore", *arguments, "--from", path, "--json", redis=redis, **options)


def lines(path):
    return [json.loads(line) for line in open(path, "rb")]


def audit(redis, *arguments):
    """Exit status, and what was found."""
    done = run("audit", *(arguments or ["--all"]), "--json", redis=redis, check=False)
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]


def is_sound(redis):
    """Nothing is wrong with any account."""
    status, found = audit(redis)
    assert status == 0 and not [each for each in found if each["wrong"]], found
    return True
