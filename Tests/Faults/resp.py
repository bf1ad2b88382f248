"""A connection to a redis-server, so that thousands of keys are read without a process for each."""

import socket


class RedisError(Exception):
    """An error reply."""


class Connection:
    """Asks one command after the other, and returns text, integers and lists."""

    def __init__(self, port, host="127.0.0.1", timeout=30):
        self._socket = socket.create_connection((host, port), timeout)
        self._file = self._socket.makefile("rb")

    def write(self, *command):
        """Sends a command without waiting for its reply."""
        self._socket.sendall(encode(*command))

    def read(self):
        line = self._file.readline()
        if not line.endswith(b"\r\n"):
            raise ConnectionError("the connection was closed")
        kind, rest = line[:1], line[1:-2].decode()
        if kind == b"-":
            raise RedisError(rest)
        if kind == b":":
            return int(rest)
        if kind == b"$":
            length = int(rest)
            return None if length < 0 else self._file.read(length + 2)[:-2].decode()
        if kind == b"*":
            return None if int(rest) < 0 else [self.read() for _ in range(int(rest))]
        return rest

    def send(self, *command):
        self.write(*command)
        return self.read()

    def scan(self, pattern):
        """All keys of a pattern."""
        found, cursor = set(), "0"
        while True:
            cursor, page = self.send("SCAN", cursor, "MATCH", pattern, "COUNT", 1000)
            found.update(page)
            if cursor == "0":
                return found

    def close(self):
        self._file.close()
        self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def encode(*command):
    parts = [str(part).encode() for part in command]
    return b"*%d\r\n" % len(parts) + b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
