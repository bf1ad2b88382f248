#!/usr/bin/env python3
"""How many of Meta's webhooks a second `headcount serve` takes, each a comment that starts a run, against its own /healthz.

    python3 Benchmarks/webhooks.py --headcount .build/release/headcount [--rounds 5] [--seconds 4]

Starts a redis-server and a service of its own on loopback, and runs wrk (Debian: apt-get install wrk) on the two by
turns. Every event is a new one of a new contact. Prints requests a second, p50 and p99 of each round, the medians, their
ratio, and how many events were taken. No worker runs.
"""

import argparse
import hashlib
import hmac
import itertools
import json
import os
import pathlib
import shutil
import signal
import statistics
import subprocess
import tempfile

from load import wait_for, wrk

SECRET = "the app secret of the benchmark"
FIRST_ID = 17_841_400_000_000_000
LUA = str(pathlib.Path(__file__).resolve().parent / "webhooks.lua")


def webhook(number, accounts):
    """A line for webhooks.lua."""
    value = {"id": f"1786579{number:010}", "text": "what PRICE is it?", "from": {"id": f"17{number:014}", "username": "somebody"},
             "media": {"id": "17887498072083520", "media_product_type": "REELS"}}
    entry = {"id": str(FIRST_ID + number % accounts), "time": 1_790_000_000, "changes": [{"field": "comments", "value": value}]}
    body = json.dumps({"object": "instagram", "entry": [entry]}, separators=(",", ":"))
    return f"{hmac.new(SECRET.encode(), body.encode(), hashlib.sha256).hexdigest()} {body}\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--headcount", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--accounts", type=int, nargs="+", default=[1, 1000])
    parser.add_argument("--most", type=int, default=25_000, help="webhooks a second that are made beforehand")
    options = parser.parse_args()

    directory = tempfile.mkdtemp(prefix="headcount-webhooks-")
    socket = os.path.join(directory, "redis.sock")
    environment = os.environ | {
        "HEADCOUNT_REDIS_URL": f"redis+unix://{socket}", "HEADCOUNT_INSTAGRAM_APP_SECRETS": SECRET}

    def headcount(*arguments):
        subprocess.run([options.headcount, *arguments], check=True, env=environment, stdout=subprocess.DEVNULL)

    redis = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", socket, "--dir", directory, "--save", "", "--appendonly", "yes"],
        stdout=subprocess.DEVNULL)
    log = open(os.path.join(directory, "serve.log"), "w+")
    service = subprocess.Popen(
        [options.headcount, "serve", "--listen", "127.0.0.1:0", "--metrics"], stdout=log, stderr=log, env=environment)
    try:
        url = wait_for(lambda: pathlib.Path(log.name).read_text(), r"listening on (http\S+)", "headcount serve")
        for number in range(max(options.accounts)):
            account = f"acct_{number}"
            headcount("channel", "link", account, "instagram", str(FIRST_ID + number))
            headcount("scenario", "add", account, "--id", "welcome", "--on", "comment", "--keyword", "price",
                      "--action", "http://127.0.0.1:1/")
        rates = {"healthz": []} | {f"{accounts:,} account{'s' * (accounts > 1)}": [] for accounts in options.accounts}
        numbers = itertools.count()
        print(f"{'':16}{'requests/s':>12}{'p50 ms':>10}{'p99 ms':>10}{'most ms':>10}")
        for _ in range(options.rounds):
            for name, accounts in zip(rates, [None, *options.accounts]):
                arguments = [f"{url}/healthz"]
                if accounts is not None:
                    lines = os.path.join(directory, "webhooks")
                    with open(lines, "w") as file:
                        file.writelines(
                            webhook(next(numbers), accounts) for _ in range(options.most * options.seconds))
                    arguments = ["--script", LUA, url, "--", lines]
                measured = wrk(options.connections, options.seconds, *arguments)
                rates[name].append(measured.rate)
                print(f"{name:16}{measured.rate:12,.0f}{measured.p50:10.2f}{measured.p99:10.2f}{measured.most:10.2f}", flush=True)
        medians = {name: statistics.median(values) for name, values in rates.items()}
        for name, median in medians.items():
            print(f"median {name}: {median:,.0f}, {median / medians['healthz']:.2f} of healthz")
        metrics = subprocess.run(["curl", "-s", f"{url}/metrics"], capture_output=True, text=True, check=True).stdout
        print(*(line for line in metrics.splitlines()
                if line.startswith("headcount_webhook_events_total{") and not line.endswith(" 0")), sep="\n")
        stats = subprocess.run(
            ["redis-cli", "-s", socket, "INFO", "commandstats"], capture_output=True, text=True, check=True).stdout
        print(*(line for line in stats.splitlines() if line.startswith(("cmdstat_evalsha", "cmdstat_hmget"))), sep="\n")
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait()
        redis.terminate()
        redis.wait()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
