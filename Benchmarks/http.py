#!/usr/bin/env python3
"""How many activations a second `headcount serve` answers, one a request, against its own /healthz.

    python3 Benchmarks/http.py --headcount .build/release/headcount [--rounds 5] [--seconds 4]

Starts a redis-server and a service of its own on loopback, and runs wrk (Debian: apt-get install wrk) on the two by
turns. Prints requests a second, p50 and p99 of each round, the medians, and their ratio.
"""

import argparse
import os
import pathlib
import re
import shutil
import signal
import statistics
import subprocess
import tempfile

from load import wait_for, wrk

HERE = pathlib.Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--headcount", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--accounts", type=int, nargs="+", default=[1, 1000])
    options = parser.parse_args()

    directory = tempfile.mkdtemp(prefix="headcount-http-")
    log = open(os.path.join(directory, "serve.log"), "w+")
    # Nobody is to be refused: a plan of a million contacts.
    environment = os.environ | {"HEADCOUNT_PLANS_LIMIT_FREE": "1000000"}
    service = subprocess.Popen(
        [options.headcount, "serve", "--listen", "127.0.0.1:0", "--embedded", os.path.join(directory, "redis")],
        stdout=subprocess.PIPE, stderr=log, text=True, env=environment)
    try:
        key = service.stdout.readline().strip()
        url = wait_for(lambda: pathlib.Path(log.name).read_text(), r"listening on (\S+)", "headcount serve")
        script = str(HERE / "activations.lua")
        rates = {"healthz": []} | {f"{accounts:,} account{'s' * (accounts > 1)}": [] for accounts in options.accounts}
        print(f"{'':16}{'requests/s':>12}{'p50 ms':>10}{'p99 ms':>10}")
        for number in range(options.rounds):
            for name, accounts in zip(rates, [None, *options.accounts]):
                arguments = [f"{url}/healthz"]
                if accounts is not None:
                    arguments = ["--script", script, url, "--", key, str(accounts), str(number)]
                rate, p50, p99, _ = wrk(options.connections, options.seconds, *arguments)
                rates[name].append(rate)
                print(f"{name:16}{rate:12,.0f}{p50:10.2f}{p99:10.2f}", flush=True)
        medians = {name: statistics.median(values) for name, values in rates.items()}
        for name, median in medians.items():
            print(f"median {name}: {median:,.0f}, {median / medians['healthz']:.2f} of healthz")
        rss = pathlib.Path(f"/proc/{service.pid}/status").read_text()
        print("memory of the service:", re.search(r"VmHWM:\s+(\d+) kB", rss).group(1), "KiB at most")
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
