"""API keys: as texts, from the command that makes them, and in calls."""

import re

import requests

from service import run

KEY = re.compile(r"hck_([0-9a-f]{16})_([0-9a-f]{64})")


def parts(key):
    """A key's id and its secret."""
    return KEY.fullmatch(key).groups()


def call(service, key, method="GET", path="/v1/accounts/acct_1/usage", **options):
    headers = options.pop("headers", {})
    if key is not None:
        headers = headers | {"Authorization": f"Bearer {key}"}
    return requests.request(method, service.url + path, headers=headers, timeout=30, **options)


def api_key(redis, *arguments):
    return run("api-key", *arguments, redis=redis, check=False)
