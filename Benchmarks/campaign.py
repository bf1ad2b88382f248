#!/usr/bin/env python3
"""How many contacts a second `headcount worker` sends, to an action that answers at once, and where the time goes.

    python3 Benchmarks/campaign.py --headcount .build/release/headcount [--contacts 100000] [--workers 1 2] [--rounds 3]

Starts a redis-server (append-only), nginx as the action (Debian: apt-get install nginx) and workers of its own on
loopback. Prints contacts a second, and what each process took of the processor for a contact, in microseconds.
"""

import argparse
import json
import os
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

NGINX = """
worker_processes 1; daemon off; pid {directory}/nginx.pid; error_log {directory}/nginx.log;
events {{ worker_connections 4096; }}
http {{
    access_log off; client_body_temp_path {directory}; proxy_temp_path {directory}; fastcgi_temp_path {directory};
    uwsgi_temp_path {directory}; scgi_temp_path {directory}; keepalive_requests 1000000000;
    server {{ listen 127.0.0.1:{port} backlog=4096; location / {{ return 200; }} }}
}}
"""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def processor_seconds(pid):
    """Of a process and its children."""
    total = 0
    pids = [pid] + [int(word) for word in open(f"/proc/{pid}/task/{pid}/children").read().split()]
    for pid in pids:
        fields = open(f"/proc/{pid}/stat").read().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / os.sysconf("SC_CLK_TCK")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--headcount", required=True)
    parser.add_argument("--contacts", type=int, default=100_000)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--concurrency", type=int, default=256)
    options = parser.parse_args()

    directory = tempfile.mkdtemp(prefix="headcount-campaign-")
    redis_socket, port = os.path.join(directory, "redis.sock"), free_port()
    audience = os.path.join(directory, "audience.txt")
    with open(audience, "w") as file:
        file.writelines(f"{17841400000000000 + number * 7919}\n" for number in range(options.contacts))
    configuration = os.path.join(directory, "nginx.conf")
    with open(configuration, "w") as file:
        file.write(NGINX.format(directory=directory, port=port))
    started = []

    def start(*command, **more):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
        started.append(process)
        return process

    environment = os.environ | {
        "HEADCOUNT_REDIS_URL": f"redis+unix://{redis_socket}", "HEADCOUNT_PLANS_LIMIT_FREE": "1000000000",
        "HEADCOUNT_SIGNING_SECRET": "a secret of the benchmark",
    }

    def headcount(*arguments):
        done = subprocess.run(
            [options.headcount, *arguments], env=environment, capture_output=True, text=True, check=True)
        return done.stdout

    try:
        redis = start(
            "redis-server", "--port", "0", "--unixsocket", redis_socket, "--dir", directory, "--appendonly", "yes",
            "--save", "", "--set-max-intset-entries", "16384")
        action = start("nginx", "-c", configuration, "-p", directory)
        while not os.path.exists(redis_socket):
            time.sleep(0.05)
        print(f"{'workers':>8}{'contacts/s':>12}{'worker µs':>12}{'Redis µs':>12}{'action µs':>12}{'load/s':>12}")
        for number in options.workers:
            rates = []
            for attempt in range(options.rounds):
                name = f"c{number}-{attempt}"
                account = f"acct-{number}-{attempt}"
                began = time.monotonic()
                headcount(
                    "campaign", "start", account, "--id", name, "--audience", audience, "--action",
                    f"http://127.0.0.1:{port}/", "--pause")
                loading = options.contacts / (time.monotonic() - began)
                workers = [
                    start(
                        options.headcount, "worker", "--campaigns", "--concurrency", str(options.concurrency),
                        "--account-concurrency", str(options.concurrency * number), env=environment)
                    for _ in range(number)
                ]
                time.sleep(1)
                before = [processor_seconds(process.pid) for process in (redis, action)]
                headcount("campaign", "resume", account, name)
                began = time.monotonic()
                while True:
                    state = json.loads(headcount("campaign", "status", account, name, "--json"))
                    if state["state"] == "finished":
                        break
                    time.sleep(0.1)
                seconds = time.monotonic() - began
                used = sum(processor_seconds(worker.pid) for worker in workers)
                others = [processor_seconds(process.pid) - start for process, start in zip((redis, action), before)]
                assert state["newlyCounted"] == options.contacts, state
                for worker in workers:
                    worker.terminate()
                    worker.wait()
                rates.append(options.contacts / seconds)
                parts = [value * 1e6 / options.contacts for value in (used, *others)]
                print(f"{number:8}{rates[-1]:12,.0f}{parts[0]:12.1f}{parts[1]:12.1f}{parts[2]:12.1f}{loading:12,.0f}")
            print(f"{number:8}{statistics.median(rates):12,.0f}  median")
    finally:
        for process in reversed(started):
            if process.poll() is None:
                process.terminate()
                process.wait()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
