"""Prometheus and Grafana: config/'s rules and dashboard ask for what there is, and promtool has no complaint.

promtool comes from PROMTOOL or the path; `scripts/fetch-promtool.sh DIRECTORY` takes it out of Debian's package.
"""

import json
import os
import re
import shutil
import subprocess

import pytest
import yaml

from metrics import WITH_METRICS, routes, scrape_worker, used
from service import ROOT

CONFIG = ROOT / "config"
# As Prometheus adds them to every sample.
SCRAPE_LABELS = {"job", "instance"}


@pytest.fixture(scope="module")
def promtool():
    path = os.environ.get("PROMTOOL") or shutil.which("promtool")
    assert path, "promtool is missing; see the top of this file"
    return path


def promtool_says(*command, input=None):
    done = subprocess.run(command, input=input, text=True, capture_output=True, cwd=ROOT)
    return done.returncode, (done.stdout + done.stderr)


def test_promtool_has_no_complaint_about_the_metrics(promtool, used):
    assert promtool_says(promtool, "check", "metrics", input=used.text) == (0, "")


def test_promtool_takes_the_configuration_and_the_rules(promtool):
    for command in [
        ("check", "config", "config/prometheus.yml"), ("check", "rules", "config/alerts.yml"),
        ("test", "rules", "Tests/Operations/alerts_test.yml"),
    ]:
        status, text = promtool_says(promtool, *command)
        assert status == 0, text
    settings = yaml.safe_load((CONFIG / "prometheus.yml").read_text())
    jobs = [job["job_name"] for job in settings["scrape_configs"]]
    assert jobs == ["headcount", "headcount-worker"], "the rules rely on the first name"


def expressions():
    """All that the alert rules and Grafana's dashboard ask Prometheus, by where it stands."""
    for group in yaml.safe_load((CONFIG / "alerts.yml").read_text())["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    text = (CONFIG / "grafana-dashboard.json").read_text()
    for number, expression in enumerate(re.findall(r'"expr": ("(?:[^"\\]|\\.)*")', text)):
        yield f"grafana-dashboard.json, {number}", json.loads(expression)


def test_rules_and_dashboard_ask_only_for_what_there_is(used, start_worker):
    there = {}
    for name, pairs in [*used.samples, *scrape_worker(start_worker(*WITH_METRICS)).samples]:
        there.setdefault(name, {})
        for label, value in pairs:
            there[name].setdefault(label, set()).add(value)
    there["up"] = {}
    asked = list(expressions())
    assert len(asked) > 35
    for where, expression in asked:
        metrics = re.findall(r"\b(headcount_\w+|process_\w+|up)\b", expression)
        assert metrics, where
        for metric in metrics:
            assert metric in there, f"{where}: {metric}"
        for metric, matchers in re.findall(r"(\w+)\{([^}]*)\}", expression):
            for label, operator, value in re.findall(r'(\w+)(=~|!~|!=|=)"([^"]*)"', matchers):
                assert label in SCRAPE_LABELS or label in there[metric], f"{where}: {label} of {metric}"
                if operator == "=" and label not in SCRAPE_LABELS | {"status"}:
                    assert value in there[metric][label], f"{where}: {label}={value}"
                if label == "route":
                    assert set(value.split("|")) <= routes(), f"{where}: {value}"
        labels = set(re.findall(r"\w+", " ".join(re.findall(r"\bby \(([^)]*)\)", expression))))
        known = SCRAPE_LABELS.union(*(there[metric] for metric in metrics))
        assert labels <= known, f"{where}: {labels - known}"


def test_alerts_say_what_to_do_under_a_heading_that_is_there():
    headings = re.findall(r"^#+ (.+)$", (ROOT / "docs/operations.md").read_text(), re.M)
    anchors = {re.sub(r"[^a-z0-9 -]", "", heading.lower()).replace(" ", "-") for heading in headings}
    for group in yaml.safe_load((CONFIG / "alerts.yml").read_text())["groups"]:
        for rule in group["rules"]:
            file, anchor = rule["annotations"]["runbook"].split("#")
            assert file == "docs/operations.md"
            assert anchor in anchors, rule["alert"]
            assert rule["labels"]["severity"] in ("critical", "warning")
