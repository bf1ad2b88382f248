"""Waiting for what happens by itself."""

import time


def eventually(is_true, within=10.0):
    """Waits until something is true, looking every few milliseconds."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.02)
    return is_true()
