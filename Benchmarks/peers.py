#!/usr/bin/env python3
"""Compares Headcount with what one would write instead, on the same Redis in the same minute.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install -r Benchmarks/requirements.txt
    make build
    /tmp/peers/bin/python Benchmarks/peers.py --headcount "$(swift build -c release --show-bin-path)/headcount"

Starts a redis-server of its own on a unix socket, and ends it. Takes about two minutes; --rounds 1 a fifth of that.
README.md beside this file says what each row means.
"""

import argparse
import gc
import json
import multiprocessing
import os
import platform
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Callable, Sequence

import limits
import redis

ROOT = Path(__file__).resolve().parent.parent
NO_LIMIT = 1_000_000_000
PATIENCE = 60  # seconds for any one case


@dataclass(frozen=True)
class Load:
    """Decisions to make: each contact of each account is asked about twice, in random order."""

    title: str
    decisions: list[tuple[str, str]]
    limit: int

    @staticmethod
    def made(title: str, decisions: int, accounts: int, limit: int) -> "Load":
        contacts = decisions // accounts // 2
        pairs = [
            (f"acct_{account}", str(17_841_400_000_000_000 + contact * 7_919))
            for account in range(accounts) for contact in range(contacts)
        ] * 2
        random.Random(3).shuffle(pairs)
        return Load(title, pairs, limit)

    @cached_property
    def accounts(self) -> list[str]:
        return sorted({account for account, _ in self.decisions})


class Server:
    """The redis-server that all cases share, and the keys and arguments of Headcount's activate.lua."""

    def __init__(self, directory: str):
        self.directory = Path(directory)
        self.socket = f"{directory}/redis.sock"
        self.url = f"redis+unix://{self.socket}"
        now = datetime.now(timezone.utc)
        self.period, self.day = f"{now:%Y-%m}", f"{now:%d}"
        self.expiry = int(now.timestamp()) + 76 * 86_400

    @staticmethod
    @contextmanager
    def started(aof: bool):
        with tempfile.TemporaryDirectory(prefix="headcount-peers-") as directory:
            server = Server(directory)
            process = subprocess.Popen(
                ["redis-server", str(ROOT / "config/redis.conf"), "--port", "0", "--unixsocket", server.socket,
                 "--dir", directory, "--save", "", "--appendonly", "yes" if aof else "no"],
                stdout=subprocess.DEVNULL)
            try:
                server.wait_until_ready()
                yield server
            finally:
                process.terminate()
                process.wait()

    def wait_until_ready(self):
        deadline = time.monotonic() + 10
        while True:
            try:
                self.hash = self.client().script_load((ROOT / "lua/activate.lua").read_text())
                return
            except redis.ConnectionError:
                if time.monotonic() > deadline:
                    sys.exit("redis-server did not start in 10 seconds")
                time.sleep(0.02)

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=self.socket)

    def members(self, account: str) -> str:
        return f"hc:{{{account}}}:{self.period}"

    def prepare(self, load: Load):
        """An empty Redis with the accounts' plans: the same for all cases, whether they look at plans or not."""
        client = self.client()
        client.flushdb()
        with client.pipeline(transaction=False) as pipeline:
            for account in load.accounts:
                pipeline.hset(f"hc:{{{account}}}:plan", mapping={"plan": "pro", "limit": load.limit, "mode": "hard"})
            pipeline.execute()

    def counted(self, load: Load) -> int:
        with self.client().pipeline(transaction=False) as pipeline:
            for account in load.accounts:
                pipeline.scard(self.members(account))
            return sum(pipeline.execute())

    def cpu_seconds(self) -> float:
        info = self.client().info("cpu")
        return info["used_cpu_user"] + info["used_cpu_sys"]

    def call(self, account: str) -> list:
        """What EVALSHA takes, up to the contacts. The day is open at both ends, so that it is never stale."""
        members = self.members(account)
        return [
            self.hash, 7, members, f"{members}:held", f"{members}:stats", f"{members}:refused",
            f"hc:{{{account}}}:plan", f"{members}:merged", f"hc:{{{account}}}:outbox", "||||", 0, 9_007_199_254_740_991, f"{self.day}:campaign", self.expiry,
            self.expiry, 100, "hard", self.period, "", "80,100",
        ]


def batched(items: Sequence, size: int):
    return (items[start:start + size] for start in range(0, len(items), size))


# Each of these connects and returns a function from decisions to whether each was admitted. Only that one is timed.


def by_limits(server: Server, load: Load):
    limiter = limits.strategies.FixedWindowRateLimiter(limits.storage.RedisStorage(server.url))
    limiter.storage.check()
    item = limits.RateLimitItemPerMonth(load.limit)
    return lambda share: [limiter.hit(item, account) for account, _ in share]


def by_script(server: Server, load: Load):
    client = server.client()
    calls = {account: server.call(account) for account in load.accounts}
    client.ping()
    return lambda share: [client.evalsha(*calls[account], 1, contact)[4] != b"r" for account, contact in share]


def by_pipeline(depth: int):
    def connect(server: Server, load: Load):
        client = server.client()
        calls = {account: server.call(account) for account in load.accounts}
        client.ping()

        def decide(share):
            admitted = []
            for some in batched(share, depth):
                with client.pipeline(transaction=False) as pipeline:
                    for account, contact in some:
                        pipeline.evalsha(*calls[account], 1, contact)
                    admitted += [reply[4] != b"r" for reply in pipeline.execute()]
            return admitted

        return decide

    return connect


def by_batch(server: Server, load: Load):
    """512 contacts a call, as Headcount does it."""
    client = server.client()
    calls = {account: server.call(account) for account in load.accounts}
    client.ping()

    def decide(share):
        admitted = [False] * len(share)
        by_account = sorted(range(len(share)), key=lambda place: share[place][0])
        for account, places in groupby(by_account, key=lambda place: share[place][0]):
            for some in batched(list(places), 512):
                reply = client.evalsha(*calls[account], len(some), *(share[place][1] for place in some))
                for place, verdict in zip(some, reply[4].decode()):
                    admitted[place] = verdict != "r"
        return admitted

    return decide


def by_three_commands(server: Server, load: Load):
    client = server.client()
    keys = {account: server.members(account) for account in load.accounts}
    limit = load.limit
    client.ping()

    def is_admitted(key: str, contact: str) -> bool:
        if client.sismember(key, contact):
            return True
        if client.scard(key) >= limit:
            return False
        client.sadd(key, contact)
        return True

    return lambda share: [is_admitted(keys[account], contact) for account, contact in share]


@dataclass
class Outcome:
    seconds: float
    decisions: int
    admitted: set[tuple[str, str]] | None  # None: not told


def with_python(connect: Callable, processes: int = 1):
    """Runs one of the above in processes that begin together, each with its share of the decisions."""

    def run(server: Server, load: Load) -> Outcome:
        context = multiprocessing.get_context("fork")
        barrier = context.Barrier(processes)

        def work(share, results):
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            decide = connect(server, load)
            gc.freeze()
            barrier.wait(PATIENCE)
            started = time.monotonic()
            admitted = decide(share)
            results.send((started, time.monotonic(), admitted))

        workers = []
        try:
            for number in range(processes):
                share = load.decisions[number::processes]
                receiver, sender = context.Pipe(duplex=False)
                worker = context.Process(target=work, args=(share, sender))
                workers.append((worker, share, receiver))
                worker.start()
                sender.close()
            begun, ended, together = [], [], set()
            for _, share, receiver in workers:
                if not receiver.poll(PATIENCE):
                    raise RuntimeError(f"no answer in {PATIENCE} seconds")
                start, end, admitted = receiver.recv()
                begun.append(start)
                ended.append(end)
                together.update(decision for decision, yes in zip(share, admitted, strict=True) if yes)
            return Outcome(max(ended) - min(begun), len(load.decisions), together)
        finally:
            for worker, _, _ in workers:
                if worker.pid is not None:
                    worker.terminate()
                    worker.join()

    return run


def with_headcount(headcount: str, *arguments: str, processes: int = 1):
    """Runs `headcount activate --from`, from the start of the first process to the end of the last."""

    def run(server: Server, load: Load) -> Outcome:
        account, *others = load.accounts
        assert not others, "headcount activate is for one account"
        directory = server.directory
        files = [(directory / f"{number}.txt", directory / f"{number}.out") for number in range(processes)]
        for number, (source, _) in enumerate(files):
            source.write_text("".join(f"{contact}\n" for _, contact in load.decisions[number::processes]))
        running = []

        def end_all():
            for process in running:
                process.kill()
                process.wait()

        watchdog = threading.Timer(PATIENCE, end_all)
        started = time.monotonic()
        try:
            for source, output in files:
                with output.open("wb") as stream:
                    running.append(subprocess.Popen(
                        [headcount, "activate", account, "--by", "campaign:x", "--from", str(source),
                         "--redis", server.url, "--prefix", "hc", *arguments],
                        stdin=subprocess.DEVNULL, stdout=stream))
            # wait(timeout) would look only every 50 ms.
            watchdog.start()
            statuses = {process.wait() for process in running}
            seconds = time.monotonic() - started
        finally:
            watchdog.cancel()
            end_all()
        if not statuses <= {0, 3}:
            raise RuntimeError(f"headcount ended with {statuses}")
        lines = [line.split("\t") for _, output in files for line in output.read_text().splitlines()]
        admitted = {(account, contact) for contact, verdict in lines if verdict != "limit_reached"}
        return Outcome(seconds, len(lines), admitted)

    return run


def with_bench(headcount: str):
    """Asks `headcount bench` what the library does with 1,024 callers."""

    def run(server: Server, load: Load) -> Outcome:
        output = subprocess.run(
            [headcount, "bench", "--case", "many-accounts", "--accounts", str(len(load.accounts)), "--rounds", "1",
             "--effort", "0.2", "--redis", server.url, "--json"],
            stdin=subprocess.DEVNULL, capture_output=True, check=True, timeout=PATIENCE).stdout
        rate = json.loads(output.splitlines()[0])["value"]
        return Outcome(len(load.decisions) / rate, len(load.decisions), None)

    return run


@dataclass
class Case:
    name: str
    load: Load
    run: Callable[[Server, Load], Outcome]
    counts_contacts: bool = True
    rates: list[float] = field(default_factory=list)
    redis_costs: list[float] = field(default_factory=list)
    overshoots: list[int] = field(default_factory=list)
    unused: list[int] = field(default_factory=list)

    def measure(self, server: Server):
        server.prepare(self.load)
        cpu_before = server.cpu_seconds()
        outcome = self.run(server, self.load)
        cpu_after = server.cpu_seconds()
        if outcome.decisions != len(self.load.decisions):
            raise RuntimeError(f"{self.name}: {outcome.decisions} of {len(self.load.decisions)} decisions")
        self.rates.append(outcome.decisions / outcome.seconds)
        if outcome.admitted is not None:
            self.redis_costs.append((cpu_after - cpu_before) / outcome.decisions * 1_000_000)
            self.check(server, outcome.admitted)

    def check(self, server: Server, admitted: set[tuple[str, str]]):
        """All cases have done the same work: who was admitted is in Redis, and is everybody where there is no limit."""
        if self.counts_contacts and server.counted(self.load) != len(admitted):
            raise RuntimeError(f"{self.name}: {len(admitted)} admitted, {server.counted(self.load)} in Redis")
        if self.load.limit == NO_LIMIT:
            if admitted != set(self.load.decisions):
                raise RuntimeError(f"{self.name}: refused somebody without a limit")
            return
        numbers = Counter(account for account, _ in admitted)
        self.overshoots.append(sum(max(0, numbers[account] - self.load.limit) for account in self.load.accounts))
        self.unused.append(sum(max(0, self.load.limit - numbers[account]) for account in self.load.accounts))

    def result(self, plain: "Case") -> dict:
        def spread(values):
            return [min(values), max(values)] if values else None

        return {
            "case": self.name, "load": self.load.title, "decisions": len(self.load.decisions),
            "limit": None if self.load.limit == NO_LIMIT else self.load.limit,
            "value": round(statistics.median(self.rates)), "unit": "decisions/s",
            "spread": [round(rate) for rate in spread(self.rates)],
            # Each round against its own plain loop: what slows the machine for a while slows both.
            "ratio": round(statistics.median(a / b for a, b in zip(self.rates, plain.rates)), 2),
            "redisMicroseconds": round(statistics.median(self.redis_costs), 1) if self.redis_costs else None,
            "overshoot": spread(self.overshoots), "unused": spread(self.unused),
        }


PLAIN = "redis-py, EVALSHA, one contact a call"
BATCHES = "redis-py, EVALSHA, up to 512 contacts of an account a call"


def cases(headcount: str, decisions: int) -> list[Case]:
    found = []
    for title, accounts, limit in [("one hot account", 1, 1_000), ("1,000 accounts", 1_000, 5)]:
        load = Load.made(title, decisions, accounts, NO_LIMIT)
        full = Load.made(f"{title}, limit {limit:,}{' each' if accounts > 1 else ''}", decisions, accounts, limit)
        found += [
            Case(PLAIN, load, with_python(by_script)),
            Case("limits, fixed window (counts requests, not contacts)", load, with_python(by_limits), False),
            Case("redis-py, SISMEMBER SCARD SADD (racy)", load, with_python(by_three_commands)),
            Case("redis-py, EVALSHA, pipeline of 100", load, with_python(by_pipeline(100))),
            Case("redis-py, EVALSHA, pipeline of 1,000", load, with_python(by_pipeline(1_000))),
            Case(BATCHES, load, with_python(by_batch)),
        ]
        if accounts == 1:
            found += [
                Case("headcount activate --batch 1", load, with_headcount(headcount, "--batch", "1")),
                Case("headcount activate", load, with_headcount(headcount)),
            ]
        else:
            found.append(Case("Headcount's library, 1,024 callers (headcount bench)", load, with_bench(headcount)))
        if accounts == 1:
            # Long enough for the start of a process not to matter.
            long = Load.made("one hot account, a long audience", decisions * 10, accounts, NO_LIMIT)
            found += [
                Case(BATCHES, long, with_python(by_batch)),
                Case("headcount activate", long, with_headcount(headcount)),
            ]
        found += [
            Case("limits (counts requests, not contacts), 8 processes", full, with_python(by_limits, 8), False),
            Case("redis-py, SISMEMBER SCARD SADD (racy), 8 processes", full, with_python(by_three_commands, 8)),
            Case("redis-py, EVALSHA, one contact a call, 8 processes", full, with_python(by_script, 8)),
        ]
        if accounts == 1:
            found.append(Case("headcount activate, 8 processes", full, with_headcount(headcount, processes=8)))
    return found


def machine(server: Server, headcount: str) -> dict:
    try:
        info = Path("/proc/cpuinfo").read_text().splitlines()
        cpu = next(line.split(":")[1].strip() for line in info if line.startswith("model name"))
    except (OSError, StopIteration):
        cpu = platform.processor() or platform.machine()
    client = server.client()
    load = Load("start", [("acct_0", "1")], NO_LIMIT)
    starts = []
    for _ in range(5):
        server.prepare(load)
        starts.append(with_headcount(headcount)(server, load).seconds)
    return {
        "cpu": cpu, "cores": os.cpu_count(), "loadAverage": round(os.getloadavg()[0], 1),
        "redis": client.info("server")["redis_version"], "aof": client.config_get("appendonly")["appendonly"],
        "python": platform.python_version(), "redis-py": redis.__version__, "limits": limits.__version__,
        "hiredis": redis.utils.HIREDIS_AVAILABLE, "headcount": headcount,
        "headcountOneContactMs": round(statistics.median(starts) * 1_000, 1),
    }


def table(results: list[dict]) -> str:
    def span(values):
        return "" if values is None else f"{values[0]:,}" if values[0] == values[1] else f"{values[0]:,}..{values[1]:,}"

    lines = []
    for (title, number), rows in groupby(results, key=lambda result: (result["load"], result["decisions"])):
        heading = f"{title}, {number:,} decisions"
        lines += ["", f"{heading:58} {'median/s':>9} {'min..max':>17} {'ratio':>7} {'redis µs':>8} {'overshoot':>9} "
                      f"{'unused':>9}"]
        for row in rows:
            lines.append(
                f"{row['case']:58} {row['value']:9,} {span(row['spread']):>17} {row['ratio']:7.2f} "
                f"{row['redisMicroseconds'] or '':>8} {span(row['overshoot']):>9} {span(row['unused']):>9}".rstrip())
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--headcount", default=shutil.which("headcount"), metavar="PATH", help="the binary to measure")
    parser.add_argument("--rounds", type=int, default=5, help="how often each case is measured (default: 5)")
    parser.add_argument("--decisions", type=int, default=12_000, help="in a round of a case (default: 12000)")
    parser.add_argument("--aof", action="store_true", help="with the append-only file, as config/redis.conf has it")
    parser.add_argument("--json", action="store_true", help="one object a line, the machine first")
    options = parser.parse_args()
    if not options.headcount or not os.access(options.headcount, os.X_OK):
        parser.error("no headcount binary; give --headcount PATH (make build makes one)")
    if options.rounds < 1 or options.decisions < 12_000 or options.decisions % 2_000:
        parser.error("--rounds is 1 or more, --decisions a multiple of 2000 from 12000 on, so that limits are reached")
    # Ended by a signal, it ends its redis-server first.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))

    with Server.started(options.aof) as server:
        host = machine(server, options.headcount)
        print(json.dumps({"machine": host}) if options.json else
              "\n".join(f"{name:22} {value}" for name, value in host.items()), flush=True)
        measured = cases(options.headcount, options.decisions)
        for turn in range(options.rounds):
            # Nobody is always first.
            order = measured[turn * 3 % len(measured):] + measured[:turn * 3 % len(measured)]
            for number, case in enumerate(order):
                if sys.stderr.isatty():
                    print(f"\r\033[Kround {turn + 1} of {options.rounds}, {number + 1} of {len(order)}: {case.name}",
                          end="", file=sys.stderr, flush=True)
                case.measure(server)
        if sys.stderr.isatty():
            print("\r\033[K", end="", file=sys.stderr)

    # One plain loop for each number of accounts, with a limit or without.
    plain = {len(case.load.accounts): case for case in measured if case.name == PLAIN}
    results = [case.result(plain[len(case.load.accounts)]) for case in measured]
    if options.json:
        for result in results:
            print(json.dumps(result))
    else:
        print(table(results))


if __name__ == "__main__":
    main()
