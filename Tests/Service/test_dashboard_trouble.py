"""The dashboard when Redis is down or a page is not there, and the headers that protect it."""

import re

from playwright.sync_api import expect

from browser import Visitor, activate, is_live, saved
from service import eventually, make_key


def tries_again(page):
    """Follows the error page's link."""
    with page.expect_navigation() as navigation:
        page.get_by_role("link", name="Try again").click()
    return navigation.value


def test_redis_stops_and_comes_back(fresh, somebody):
    redis, service = fresh("--timeout", "1")
    key = make_key(redis)
    activate(redis, "acct_1", ["ann"])
    person = somebody(service)
    page = person.sign_in(key, "/accounts/acct_1")
    is_live(page)
    other = person.context.new_page()
    person.may_lose_connection = True
    redis.stop()
    assert other.goto("/accounts/acct_1").status == 503
    expect(other.get_by_role("heading", level=1)).to_have_text("Redis does not answer")
    expect(other.get_by_text("Nothing was counted or refused.")).to_be_visible()
    saved(other, "unavailable")
    expect(page.locator("[data-live-status]")).not_to_have_text("live")
    expect(page.locator(".hero .used")).to_have_text("1")
    redis.start()
    activate(redis, "acct_1", ["bob"])
    # Within a second or so the service has noticed.
    assert eventually(lambda: tries_again(other).status == 200)
    expect(other.locator(".hero .used")).to_have_text("2")
    other.close()
    page.bring_to_front()
    expect(page.locator("[data-live-status]")).to_have_text("live", timeout=15_000)
    expect(page.locator(".hero .used")).to_have_text("2")


def test_what_is_not_there_is_a_page_as_well(page):
    assert page.goto("/accounts").status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")
    expect(page.locator("main code")).not_to_be_empty()


def test_answers_carry_the_headers_that_protect_pages(service, admin_key, account):
    visitor = Visitor(service, admin_key)
    for path in ["/", f"/accounts/{account}", "/accounts", f"/accounts/{account}/members.csv"]:
        headers = visitor.get(path).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'; ")
        for source in ["script-src 'self'", "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"]:
            assert source in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"
    page = visitor.get("/").text
    for asset in re.findall(r'(?:href|src)="(/assets/[^"]+)"', page):
        answer = Visitor(service).get(asset)
        assert answer.status_code == 200 and "max-age=31536000" in answer.headers["Cache-Control"]
