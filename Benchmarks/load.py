"""What the benchmarks of `headcount serve` share: wrk, and what it says."""

import re
import subprocess
import time
import typing


class Measured(typing.NamedTuple):
    """Requests a second, and times to answer in milliseconds."""

    rate: float
    p50: float
    p99: float
    most: float


def wait_for(read, pattern, what):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        found = re.search(pattern, read())
        if found:
            return found.group(1)
        time.sleep(0.05)
    raise SystemExit(f"{what} did not start")


def milliseconds(text):
    number, unit = re.match(r"([\d.]+)(us|ms|s)", text).groups()
    return float(number) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


def wrk(connections, seconds, *arguments):
    command = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", "--latency"]
    text = subprocess.run([*command, *arguments], capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in text or "Socket errors" in text:
        raise SystemExit(f"not every request was answered:\n{text}")
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    p50, p99 = (milliseconds(re.search(rf"(?m)^ +{p}% +(\S+)", text).group(1)) for p in (50, 99))
    most = milliseconds(re.search(r"Latency +\S+ +\S+ +(\S+)", text).group(1))
    return Measured(rate, p50, p99, most)
