"""How Headcount behaves as things grow: members of a set, accounts, callers, processes. Tables and plots.

    make build
    python3 Benchmarks/growth.py --headcount "$(swift build -c release --show-bin-path)/headcount" --out docs/growth

Starts a redis-server with config/redis.conf on a unix socket of its own and ends it again. Each point is the median of
`--rounds` runs of `headcount bench-load`, and the points of a series are taken in turns. Prints Markdown tables; with
--out also writes PLOT.svg files there (needs matplotlib).
"""

import argparse
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
CALLS = 100_000


class Server:
    def __init__(self, directory):
        self.socket = os.path.join(directory, "redis.sock")
        self.process = subprocess.Popen(
            ["redis-server", str(ROOT / "config/redis.conf"), "--port", "0", "--unixsocket", self.socket,
             "--dir", directory, "--auto-aof-rewrite-percentage", "0"],
            stdout=subprocess.DEVNULL)
        while not self.cli("PING").startswith("PONG"):
            if self.process.poll() is not None:
                sys.exit(f"redis-server ended with status {self.process.returncode}")
            time.sleep(0.05)

    def cli(self, *arguments):
        return subprocess.run(["redis-cli", "-s", self.socket, *arguments], capture_output=True, text=True).stdout

    def stop(self):
        self.process.terminate()
        self.process.wait()


def load(options, server, processes=1, **settings):
    """Runs as many loads at once, and adds their rates up."""
    command = [options.headcount, "bench-load", "--redis", f"redis+unix://{server.socket}", "--wait"]
    for name, value in settings.items():
        command += [f"--{name}"] if value is True else [f"--{name}", str(value)]
    running = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
               for _ in range(processes)]
    for process in running:
        if process.stdout.readline().strip() != "ready":
            sys.exit(f"{' '.join(command)} did not get ready")
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    results = [json.loads(process.communicate()[0]) for process in running]
    return {
        "rate": sum(result["rate"] for result in results),
        "p50": statistics.median(result["p50Microseconds"] for result in results),
        "p99": max(result["p99Microseconds"] for result in results),
        "memory": max(result["peakResidentBytes"] for result in results),
    }


def series(options, server, name, label, points):
    """`points`: (what to call it, settings of the load). All points once a round."""
    runs = {title: [] for title, _ in points}
    for _ in range(options.rounds):
        for title, settings in points:
            server.cli("FLUSHALL")
            runs[title].append(load(options, server, **settings))
            print(f"{name} {title}: {runs[title][-1]['rate']:,.0f}/s", file=sys.stderr)
    rows = [(title, {key: statistics.median(run[key] for run in of) for key in of[0]}) for title, of in runs.items()]
    print(f"\n| {label} | contacts/s | p50 | p99 | peak memory of a process |\n|---:|---:|---:|---:|---:|")
    for title, row in rows:
        print(f"| {title:,} | {row['rate']:,.0f} | {row['p50'] / 1000:.2f} ms | {row['p99'] / 1000:.2f} ms "
              f"| {row['memory'] / 2**20:.0f} MiB |")
    if options.out:
        plot(options.out, name, label, rows)
    return rows


def plot(directory, name, label, rows):
    import matplotlib
    matplotlib.use("svg")
    import matplotlib.pyplot as pyplot

    matplotlib.rcParams["svg.hashsalt"] = "headcount"
    figure, (left, right) = pyplot.subplots(1, 2, figsize=(8, 2.8), layout="constrained")
    titles = [f"{title:,}" for title, _ in rows]
    left.plot(titles, [row["rate"] / 1000 for _, row in rows], marker="o", color="#3157d5")
    left.set(xlabel=label, ylabel="thousand contacts a second", ylim=(0, None))
    right.plot(titles, [row["p50"] / 1000 for _, row in rows], marker="o", color="#3157d5", label="p50")
    right.plot(titles, [row["p99"] / 1000 for _, row in rows], marker="s", color="#9aa7c7", label="p99")
    right.set(xlabel=label, ylabel="ms a call", yscale="log")
    right.legend(frameon=False)
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
        axes.grid(axis="y", alpha=0.3)
    os.makedirs(directory, exist_ok=True)
    figure.savefig(os.path.join(directory, f"{name}.svg"), metadata={"Date": None})
    pyplot.close(figure)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--headcount", required=True, help="the command, release build")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", help="directory for the plots")
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, {platform.machine()}, Linux {platform.release().split('-')[0]}, "
          f"{subprocess.run(['redis-server', '--version'], capture_output=True, text=True).stdout.split(' sha')[0]}")
    with tempfile.TemporaryDirectory() as directory:
        server = Server(directory)
        try:
            series(options, server, "members", "members of each of 4 sets",
                   [(members, dict(accounts=4, members=members, callers=256,
                                   calls=CALLS, fill=True)) for members in (100, 10_000, 1_000_000)])
            series(options, server, "accounts", "accounts",
                   [(accounts, dict(accounts=accounts, members=1_000, callers=1_024, calls=CALLS))
                    for accounts in (1, 1_000, 100_000)])
            series(options, server, "callers", "callers",
                   [(callers, dict(accounts=1_000, members=1_000, callers=callers,
                                   calls=max(5_000, min(CALLS, callers * 5_000))))
                    for callers in (1, 4, 16, 64, 256, 1_024, 4_096)])
            series(options, server, "processes", "processes of 256 callers",
                   [(processes, dict(processes=processes, accounts=1_000, members=1_000, callers=256,
                                     calls=CALLS // processes)) for processes in (1, 2, 4)])
        finally:
            server.stop()


if __name__ == "__main__":
    main()
