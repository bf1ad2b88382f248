"""What a Redis Cluster of three masters decides against one master, and what a larger one could.

    make build
    python3 Benchmarks/cluster.py --headcount "$(swift build -c release --show-bin-path)/headcount"

Starts three deployments with config/redis.conf on loopback and ends them again: one server, a cluster of one master, and one of
three, without replicas. Each round loads each of them in turns with the same `headcount bench-load` processes: accounts of 1,000
contacts, one contact a call. Prints Markdown: decisions a second, and what a decision cost clients and Redis in processor time,
from which follows how many masters a machine can feed and what a larger cluster decides.
"""

import argparse
import json
import os
import pathlib
import platform
import socket
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
TICKS = os.sysconf("SC_CLK_TCK")


def free_ports(count):
    """Ports that are free, and so are those 10,000 higher, which nodes of a cluster take for each other."""
    held, ports = [], []
    for port in range(21_000, 32_000, 7):
        try:
            for number in (port, port + 10_000):
                held.append(socket.create_server(("127.0.0.1", number)))
        except OSError:
            continue
        ports.append(port)
        if len(ports) == count:
            break
    for listener in held:
        listener.close()
    return ports


class Deployment:
    """Redis servers of one kind."""

    def __init__(self, name, masters, is_cluster):
        self.name = name
        self.ports = free_ports(masters)
        self.processes = []
        for port in self.ports:
            self.processes.append(subprocess.Popen(
                ["redis-server", str(ROOT / "config/redis.conf"), "--port", str(port), "--bind", "127.0.0.1",
                 "--dir", tempfile.mkdtemp(prefix="headcount-bench-"), "--auto-aof-rewrite-percentage", "0",
                 "--cluster-enabled", "yes" if is_cluster else "no"], stdout=subprocess.DEVNULL))
        for port in self.ports:
            self._wait(lambda port=port: self.cli(port, "PING").startswith("PONG"))
        places = ",".join(f"127.0.0.1:{port}" for port in self.ports)
        self.url = f"redis-cluster://{places}" if is_cluster else f"redis://{places}"
        if is_cluster:
            self._join()

    def _join(self):
        for index, port in enumerate(self.ports):
            first, last = (16384 * each // len(self.ports) for each in (index, index + 1))
            self.cli(port, "CLUSTER", "ADDSLOTSRANGE", first, last - 1)
            self.cli(port, "CLUSTER", "SET-CONFIG-EPOCH", index + 1)
            self.cli(port, "CLUSTER", "MEET", "127.0.0.1", self.ports[0])
        for port in self.ports:
            self._wait(lambda port=port: "cluster_state:ok" in self.cli(port, "CLUSTER", "INFO"))

    @staticmethod
    def _wait(is_true):
        deadline = time.monotonic() + 20
        while not is_true():
            if time.monotonic() > deadline:
                sys.exit("redis-server did not start")
            time.sleep(0.05)

    @staticmethod
    def cli(port, *arguments):
        return subprocess.run(["redis-cli", "-p", str(port), *map(str, arguments)], capture_output=True, text=True).stdout

    def processor_seconds(self):
        """What its servers have used so far."""
        used = 0
        for process in self.processes:
            fields = pathlib.Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
            used += int(fields[11]) + int(fields[12])
        return used / TICKS

    def empty(self):
        for port in self.ports:
            self.cli(port, "FLUSHALL")

    def stop(self):
        for process in self.processes:
            process.terminate()
            process.wait()


def load(options, deployment):
    """Decisions a second of all processes together, and the processor time of a decision, in microseconds."""
    deployment.empty()
    command = [options.headcount, "bench-load", "--redis", deployment.url, "--wait", "--accounts", str(options.accounts),
               "--members", "1000", "--callers", str(options.callers), "--calls", str(options.calls)]
    running = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
               for _ in range(options.processes)]
    for process in running:
        if process.stdout.readline().strip() != "ready":
            sys.exit(f"{' '.join(command)} did not get ready")
    before = deployment.processor_seconds()
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    results = [json.loads(process.communicate()[0]) for process in running]
    decisions = options.calls * options.processes
    return {
        "rate": sum(result["rate"] for result in results),
        "redis": (deployment.processor_seconds() - before) / decisions * 1e6,
        "client": sum(result["cpuSeconds"] for result in results) / decisions * 1e6,
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--headcount", required=True, help="the command, built for release")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--callers", type=int, default=512)
    parser.add_argument("--accounts", type=int, default=3000)
    parser.add_argument("--calls", type=int, default=150_000, help="of each process")
    options = parser.parse_args()
    deployments = [
        Deployment("one server", 1, False), Deployment("cluster of one master", 1, True),
        Deployment("cluster of three masters", 3, True),
    ]
    runs = {deployment.name: [] for deployment in deployments}
    try:
        for _ in range(options.rounds):
            for deployment in deployments:
                runs[deployment.name].append(load(options, deployment))
                print(f"{deployment.name}: {runs[deployment.name][-1]}", file=sys.stderr)
    finally:
        for deployment in deployments:
            deployment.stop()
    print(f"{os.cpu_count()} cores, {platform.machine()}; {options.processes} processes of {options.callers} callers each, "
          f"{options.accounts} accounts, {options.rounds} rounds\n")
    print("| deployment | decisions/s | ratio | Redis, µs a decision | clients, µs a decision |\n|---|---:|---:|---:|---:|")
    first = [run["rate"] for run in runs[deployments[0].name]]
    for name, of in runs.items():
        rate, redis, client = (statistics.median(run[key] for run in of) for key in ("rate", "redis", "client"))
        ratio = statistics.median(run["rate"] / base for run, base in zip(of, first))
        print(f"| {name} | {rate:,.0f} | {ratio:.2f} | {redis:.1f} | {client:.1f} |")


main()
