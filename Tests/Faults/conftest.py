"""The suite stands on what the tests of the service are made of, and ends with a report.

HEADCOUNT_FAULTS=full       every fault, at length; otherwise some, for seconds
HEADCOUNT_FAULTS_REPORT     a file to which the report is written as Markdown
"""

import os
import pathlib
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Service"))

import report  # noqa: E402

RESULTS = pytest.StashKey()


def pytest_configure(config):
    config.stash[RESULTS] = []


@pytest.fixture
def results(request):
    """The rows of the report."""
    return request.config.stash[RESULTS]


def pytest_terminal_summary(terminalreporter, config):
    results = config.stash[RESULTS]
    if results:
        terminalreporter.section("faults")
        terminalreporter.write_line(report.text(results))
    if results and (path := os.environ.get("HEADCOUNT_FAULTS_REPORT")):
        pathlib.Path(path).write_text(report.markdown(results))
