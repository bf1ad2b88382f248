"""What the tests of metrics share: an answer of /metrics, taken apart, and one after something of everything."""

import re

import pytest
import requests
import yaml

from browser import Visitor
from service import ROOT, Client, eventually

DASHBOARD_ROUTES = {
    "/", "/sign-in", "/sign-out", "/events", "/accounts/{account}", "/accounts/{account}/plan",
    "/accounts/{account}/events", "/accounts/{account}/members.csv", "/accounts/{account}/members.json",
    "/accounts/{account}/daily.csv", "/accounts/{account}/daily.json", "/accounts/{account}/erase",
    "/accounts/{account}/notices/{notice}/resend", "/accounts/{account}/campaigns",
    "/accounts/{account}/campaigns/{campaign}/pause", "/accounts/{account}/campaigns/{campaign}/resume",
    "/accounts/{account}/campaigns/{campaign}/cancel", "/accounts/{account}/campaigns/{campaign}/report.csv",
    "/accounts/{account}/scenarios", "/accounts/{account}/scenarios/{scenario}/enable",
    "/accounts/{account}/scenarios/{scenario}/disable", "/accounts/{account}/scenarios/{scenario}/remove",
    "/accounts/{account}/dead-letters/{letter}/replay", "/accounts/{account}/dead-letters/{letter}/purge",
    "/accounts/{account}/contacts", "/accounts/{account}/contacts/{contact}",
    "/assets/style.css", "/assets/app.js", "/assets/favicon.svg",
}


class Scrape:
    """An answer of /metrics."""

    SAMPLE = re.compile(r'([a-z_]+)(?:\{(.*)\})? (\S+)')
    LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\.)*)"(?:,|$)')

    def __init__(self, text):
        self.text = text
        self.types = dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.M))
        self.samples = {}
        for line in text.splitlines():
            if line.startswith("#"):
                continue
            name, labels, value = self.SAMPLE.fullmatch(line).groups()
            pairs = self.LABEL.findall(labels or "")
            assert ",".join(f'{label}="{value}"' for label, value in pairs) == (labels or "").rstrip(","), line
            key = (name, frozenset(pairs))
            assert key not in self.samples, f"twice: {line}"
            self.samples[key] = float(value)

    def __call__(self, name, **labels):
        """The sum over all samples of that name with these labels."""
        wanted = set(labels.items())
        return sum(value for (found, pairs), value in self.samples.items() if found == name and wanted <= pairs)

    def family(self, name):
        """The name without what a histogram appends."""
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        return base if self.types.get(base) == "histogram" else name


def scrape(client):
    answer = client.get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    return Scrape(answer.text)


WITH_METRICS = ["--listen", "127.0.0.1:0", "--metrics"]
"""For a worker that is to be scraped."""


def scrape_worker(worker):
    address = re.compile(r"answering for its health on (http://[^\s\"]+)")
    assert eventually(lambda: address.search(worker.log)), worker.log
    return Scrape(requests.get(address.search(worker.log)[1] + "/metrics", timeout=10).text)


def routes():
    paths = yaml.safe_load((ROOT / "docs/openapi.yaml").read_text())["paths"]
    return set(paths) | DASHBOARD_ROUTES | {"none"}


@pytest.fixture(scope="module")
def used(redis, service, admin_key):
    """The metrics after something of everything has happened."""
    account = "acct_metrics"
    with Client(service, admin_key) as client:
        assert client.put(f"/v1/accounts/{account}/plan", json={"limit": 3}).status_code == 200
        assert client.activate(account, "ann").status_code == 200
        body = {"contact": "bob", "by": "scenario:welcome"}
        token = client.post(f"/v1/accounts/{account}/reservations", json=body).json()["token"]
        assert client.post(f"/v1/accounts/{account}/reservations/{token}/confirm").status_code == 200
        client.get(f"/v1/accounts/{account}/contacts/ann")
        client.get("/v1/accounts")
        client.get("/no/such/path/as/this")
        client.request("PROPFIND", "/healthz")
        client.delete("/healthz")
        client.options("/v1/accounts")
        client.head("/healthz")
    visitor = Visitor(service, admin_key)
    for path in ["/", f"/accounts/{account}", f"/accounts/{account}/members.csv", "/assets/app.js", "/openapi.yaml"]:
        visitor.get(path)
    with visitor.get(f"/accounts/{account}/events", stream=True):
        pass
    return scrape(Client(service))
