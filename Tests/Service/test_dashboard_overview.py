"""The dashboard's list of accounts: its order, its search and its pages."""

import time

from playwright.sync_api import expect

from browser import activate, is_live, month, saved
from service import make_key, run


def names(page):
    return page.locator("table.accounts tbody tr").evaluate_all("rows => rows.map(row => row.dataset.account)")


def test_the_overview_has_those_nearest_to_their_limit_first(fresh, somebody):
    redis, service = fresh()
    person = somebody(service)
    page = person.sign_in(make_key(redis))
    expect(page.get_by_role("heading", name="No account has activated a contact yet")).to_be_visible()
    expect(page.get_by_text("headcount activate acct_42")).to_be_visible()
    saved(page, "overview-empty")
    for account, limit, used in [("half", 10, 5), ("full", 4, 4), ("near", 10, 9), ("over", 4, 5), ("little", 10, 1)]:
        run("plan", "set", account, "--limit", limit, "--mode", "soft", redis=redis)
        activate(redis, account, [f"contact-{number}" for number in range(used)])
    run("plan", "set", "endless", "--mode", "unlimited", redis=redis)
    activate(redis, "endless", ["ann"])
    page.reload()
    expect(page.locator("table.accounts tbody tr")).to_have_count(6)
    assert names(page) == ["over", "full", "near", "half", "little", "endless"]
    figures = {figure.split("\n")[0]: figure.split("\n")[1] for figure in page.locator(".figure").all_inner_texts()}
    assert (figures["At the limit"], figures["Near the limit"]) == ("2", "1")
    row = page.get_by_role("row", name="over")
    for text in ["5 / 4", "125 %", "1 over the limit", "free", "soft"]:
        expect(row).to_contain_text(text)

    page.get_by_role("searchbox", name="Find an account").fill(" LITT ")
    page.keyboard.press("Enter")
    expect(page.locator("table.accounts tbody tr")).to_have_count(1)
    assert names(page) == ["little"]
    page.get_by_role("link", name="All accounts").click()
    expect(page.locator("table.accounts tbody tr")).to_have_count(6)
    page.goto("/?q=nobody")
    expect(page.get_by_role("heading", name="No account matches “nobody”")).to_be_visible()


def test_a_hundred_thousand_accounts(fresh, somebody):
    redis, service = fresh("--timeout", "30")
    now = month(redis)
    count = 100_000
    accounts = [f"acct_{number:06}" for number in range(count)]
    lines = [f"SADD hc:{{{account}}}:{now} c1 c2 c3" for account in accounts]
    lines += [f"SADD hc:accounts:{now} {' '.join(accounts[start:start + 1000])}" for start in range(0, count, 1000)]
    lines += [f"HSET hc:{{{account}}}:plan plan free limit 3" for account in accounts[77_000:77_010]]
    redis.feed(lines)
    person = somebody(service)
    person.page.set_default_timeout(60_000)
    begun = time.monotonic()
    page = person.sign_in(make_key(redis))
    expect(page.get_by_role("heading", name="Accounts")).to_be_visible(timeout=60_000)
    seconds = time.monotonic() - begun
    print(f"100,000 accounts: the first page took {seconds:.1f} s")
    assert seconds < 30
    assert names(page)[:11] == accounts[77_000:77_010] + accounts[:1], "those at their limit first, then by name"
    expect(page.locator("table.accounts tbody tr")).to_have_count(50)
    expect(page.locator(".toolbar .range")).to_have_text("1–50 of 100,000")
    expect(page.locator(".figure-full dd")).to_have_text("10")
    page.get_by_role("link", name="Next").click()
    expect(page.locator(".toolbar .range")).to_have_text("51–100 of 100,000")
    begun = time.monotonic()
    page.goto("/?page=2000")
    print(f"100,000 accounts: the last page took {time.monotonic() - begun:.1f} s")
    expect(page.locator(".toolbar .range")).to_have_text("99,951–100,000 of 100,000")
    assert names(page)[-1] == accounts[-1]
    expect(page.get_by_role("link", name="Next")).to_have_count(0)
    page.get_by_role("searchbox", name="Find an account").fill("acct_0770")
    begun = time.monotonic()
    page.keyboard.press("Enter")
    expect(page.locator(".toolbar .range")).to_have_text("1–50 of 100")
    print(f"100,000 accounts: a search took {time.monotonic() - begun:.1f} s")
    is_live(page)
    page.goto("/?page=999999999999999999999")
    expect(page.locator("table.accounts tbody tr")).to_have_count(50)
    print(f"100,000 accounts: the service has {service.memory() / 1e6:.0f} MB")
