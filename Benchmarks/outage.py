#!/usr/bin/env python3
"""What a Redis that is gone costs the callers of `headcount serve`: with Redis, without it and closed, without it and open.

    python3 Benchmarks/outage.py --headcount .build/release/headcount [--rounds 5] [--seconds 3]

Starts a redis-server and two services of its own on loopback, one closed and one open, and runs wrk (Debian: apt-get
install wrk) on activations of new contacts: first with Redis, then with Redis killed. Open means that each contact is in a journal
on disk before it is answered. Prints requests a second, p50 and p99 of each round, and the medians.
"""

import argparse
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile

from load import milliseconds, wait_for

HERE = pathlib.Path(__file__).resolve().parent


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--headcount", required=True)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--accounts", type=int, default=1000)
    parser.add_argument("--journal", help="the directory's parent; its disk decides. Default: a temporary one")
    options = parser.parse_args()

    directory = tempfile.mkdtemp(prefix="headcount-outage-", dir=options.journal)
    path = os.path.join(directory, "redis.sock")
    environment = os.environ | {
        "HEADCOUNT_REDIS_URL": f"redis+unix://{path}", "HEADCOUNT_PLANS_LIMIT_FREE": "1000000",
        "HEADCOUNT_TIMEOUT": "1"}
    redis = subprocess.Popen(
        ["redis-server", "--port", "0", "--unixsocket", path, "--dir", directory, "--save", "", "--appendonly", "yes"],
        stdout=subprocess.DEVNULL)
    processes = [redis]

    def serve(name, *arguments):
        log = open(os.path.join(directory, f"{name}.log"), "w+")
        processes.append(subprocess.Popen(
            [options.headcount, "serve", "--listen", "127.0.0.1:0", *arguments], stdout=log, stderr=log, env=environment))
        return wait_for(lambda: pathlib.Path(log.name).read_text(), r"listening on (http\S+)", "headcount serve")

    def ask(url):
        # http.py beside this hides Python's own.
        body = b'{"contact":"first","by":"campaign:x"}'
        place = url.removeprefix("http://")
        head = (f"POST /v1/accounts/first/activations HTTP/1.1\r\nHost: {place}\r\nAuthorization: Bearer {key}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n")
        host, port = place.rsplit(":", 1)
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(head.encode() + body)
            connection.recv(65_536)

    def measure(name, url):
        ask(url)
        rates, medians, tails = [], [], []
        for number in range(options.rounds):
            rate, p50, p99 = wrk(url, number)
            rates.append(rate)
            medians.append(p50)
            tails.append(p99)
        rate, p50, p99 = map(statistics.median, (rates, medians, tails))
        print(f"{name:24}{rate:12,.0f}{p50:10.2f}{p99:10.2f}", flush=True)

    def wrk(url, number):
        command = ["wrk", "--threads", "1", "--connections", str(options.connections), "--duration", f"{options.seconds}s",
                   "--latency", "--script", str(HERE / "activations.lua"), url, "--", key, str(options.accounts), str(number)]
        text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        words = [line.split() for line in text.splitlines()]
        found = {line[0]: line[1] for line in words if len(line) >= 2}
        return float(found["Requests/sec:"]), milliseconds(found["50%"]), milliseconds(found["99%"])

    try:
        key = subprocess.run(
            [options.headcount, "api-key", "create", "--name", "bench", "--scope", "activate"], check=True, env=environment,
            capture_output=True, text=True).stdout.strip()
        os.mkdir(os.path.join(directory, "journal"))
        bounds = ["--failure-policy", "open", "--failure-journal", os.path.join(directory, "journal"),
                  "--failure-max-contacts", "1000000", "--failure-max-seconds", "86400"]
        closed, opened = serve("closed"), serve("open", *bounds)
        print(f"{'':24}{'requests/s':>12}{'p50 ms':>10}{'p99 ms':>10}")
        measure("with Redis", closed)
        # The open service has to have seen the key.
        ask(opened)
        redis.kill()
        redis.wait()
        measure("without, closed: 503", closed)
        measure("without, open: journal", opened)
        lines = sum(each.read_bytes().count(b"\n") for each in pathlib.Path(directory, "journal").iterdir())
        print(f"in the journal: {lines:,} admissions")
    finally:
        for process in processes:
            process.send_signal(signal.SIGTERM)
            process.wait()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
