"""Ports of loopback to listen on."""

import itertools
import os
import pathlib
import random
import socket

_LOWEST = 10_000
# From here on the system takes ports for connections that go out: also that of a server which is stopped for a while.
_END = int(pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
# Test processes that run side by side take turns: a port that is free now may be that of a server which is about to start.
_workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
_worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
_start = random.randrange(_END - _LOWEST)
_candidates = filter(
    lambda port: port % _workers == _worker,
    (_LOWEST + (_start + number) % (_END - _LOWEST) for number in itertools.count()))


def free_port():
    """One on which nobody listens, and that isn't given twice."""
    return next(filter(_is_free, _candidates))


def _is_free(port):
    with socket.socket() as listener:
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
