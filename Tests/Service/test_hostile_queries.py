"""Queries that ask for nothing there is: each gets a problem document, and the service goes on."""

import pytest

from hostile import ACTIVATIONS, VICTIM, ask, unharmed, victim


@pytest.mark.parametrize("query, status, kind", [
    ("usage?when=2026-11", 400, "invalid_query"),
    ("usage?PERIOD=2026-11", 400, "invalid_query"),
    ("usage?period=2026-11&period=2026-11", 400, "invalid_query"),
    ("usage?period=2026-11&%70eriod=2026-12", 400, "invalid_query"),
    ("usage?period=%FF", 400, "invalid_query"),
    ("usage?period=%zz", 400, "invalid_query"),
    ("usage?period=", 422, "invalid_period"),
    ("usage?period", 422, "invalid_period"),
    ("usage?period=2026-13", 422, "invalid_period"),
    ("usage?period=2026-11-29", 422, "invalid_period"),
    ("usage?period=2026-11%00", 422, "invalid_period"),
    ("usage?period=99999-01", 422, "invalid_period"),
    ("daily?period=november", 422, "invalid_period"),
    ("contacts/ann?period=november", 422, "invalid_period"),
    ("contacts?period=november", 422, "invalid_period"),
    ("history?period=2026-11", 400, "invalid_query"),
    ("plan?verbose=1", 400, "invalid_query"),
    ("contacts?limit=0", 400, "invalid_query"),
    ("contacts?limit=1001", 400, "invalid_query"),
    ("contacts?limit=-1", 400, "invalid_query"),
    ("contacts?limit=1e2", 400, "invalid_query"),
    ("contacts?limit=", 400, "invalid_query"),
    ("contacts?limit=99999999999999999999", 400, "invalid_query"),
    ("contacts?cursor=x", 400, "invalid_query"),
    ("contacts?cursor=-1", 400, "invalid_query"),
    ("contacts?cursor=99999999999999999999", 400, "invalid_query"),
])
def test_a_query_that_asks_for_nothing_there_is(service, admin_key, query, status, kind):
    assert ask(service, admin_key, "GET", f"/v1/accounts/{VICTIM}/{query}").is_problem(status, kind)


@pytest.mark.parametrize("query", ["near=101", "near=-1", "near=x", "limit=0", "limit=1001", "offset=-1", "far=1"])
def test_a_list_that_there_is_not(service, admin_key, query):
    assert ask(service, admin_key, "GET", f"/v1/accounts?{query}").is_problem(400, "invalid_query")


def test_a_question_has_no_query_either(service, admin_key):
    body = {"contact": "dora", "by": "campaign:spring"}
    assert ask(service, admin_key, "POST", ACTIVATIONS + "?dry=1", body).is_problem(400, "invalid_query")
