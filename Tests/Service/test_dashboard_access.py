"""The dashboard for everybody: by keyboard, as axe sees it in light and dark, and on a phone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from browser import activate, ask_for_plan, month, plan_of, saved
from campaigns import planted
from service import eventually, run
from webhooks import add_scenario, link

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
CONTACT = "w" * 256


def focused(page):
    """What the keyboard is on, in words."""
    return page.evaluate("""() => {
        const element = document.activeElement;
        return element.labels?.[0]?.textContent ?? element.getAttribute("aria-label") ?? element.textContent.trim();
    }""")


def tab_to(page, text, limit=80):
    """Presses Tab until the keyboard is there; what it passed on the way."""
    passed = []
    for _ in range(limit):
        page.keyboard.press("Tab")
        passed.append(focused(page))
        if passed[-1] == text:
            return passed
    raise AssertionError(f"Tab does not reach {text!r}, only {passed}")


def test_everything_by_keyboard(page, redis, client, account):
    activate(redis, account, ["ann"])

    def is_listed():
        page.goto(f"/?q={account}")
        return page.get_by_role("link", name=account, exact=True).count() == 1

    assert eventually(is_listed), "a list is kept for a moment"
    page.keyboard.press("Tab")
    assert focused(page) == "Skip to content"
    box = page.locator(".skip-link").bounding_box()
    assert eventually(lambda: page.locator(".skip-link").bounding_box()["y"] >= 0, within=2), box
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
    assert tab_to(page, account) == ["Find an account", "Search", "All accounts", account]
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(account)
    tab_to(page, "Plan")
    page.keyboard.type("pro")
    page.keyboard.press("Tab")
    assert focused(page) == "Contacts a month"
    page.keyboard.type("5000")
    assert tab_to(page, "Review the change") == ["At the limit", "From", "Review the change"]
    dialog = page.get_by_role("dialog")
    page.keyboard.press("Enter")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("link", name="Cancel")).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert focused(page) == "Review the change"
    assert plan_of(client, account)["version"] == 0
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("link", name="Cancel")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    assert focused(page) == "Change plan"
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="The plan was changed.")).to_be_visible()
    assert plan_of(client, account)["limit"] == 5000


def furnish_campaigns(redis, account):
    """In each state, and two that the limit holds back."""
    states = ["loading", "running", "paused", "cancelled", "expired", "finished", "running", "paused"]
    for number, state in enumerate(states):
        id = f"{number}-{state}-".ljust(64, "x")
        redis.feed(planted(account, id, created=number, state=state, total=1_000_000, newlyCounted=140_000 * number))
        if number > 5:
            redis.feed([f"ZADD hc:{{{account}}}:campaign:{id}:parked 1 ann 2 bob"])


def furnish_notices(redis, account):
    """In each status, and one of each event. What waits is what the service can't deliver: nobody listens there."""
    run("notices", "set", account, "--url", "http://127.0.0.1:1/" + "x" * 1_000, "--thresholds", "50,60,70,80,90,100",
        redis=redis)
    run("plan", "set", account, "--limit", 1_900, "--mode", "soft", "--who", "w" * 256, redis=redis)
    for event, status in [
        ("threshold.reached", "delivered"), ("limit.reached", "failed"), ("limit.changed", "no_url"),
        ("period.started", "delivered"),
    ]:
        redis.cli("XADD", f"hc:{{{account}}}:notices", "*", "status", status, "attempts", 12, "detail", "d" * 64,
                  "told", "1767225600000-0", "event", event, "period", "2026-01", "threshold", 80, "limit", 10_000,
                  "used", 8_000, "from", 100, "mode", "hard", "fromMode", "soft", "who", "w" * 256)


def furnish_scenarios(redis, account):
    """Two that have come far, dead letters of theirs, and a contact with all that can happen to one."""
    url = "https://example.com/" + "x" * 100
    ids = ["welcome-".ljust(64, "x"), "thanks"]
    for id, state in zip(ids, ["--disabled", "--cool-down=7d"]):
        add_scenario(redis, account, url, "--keyword", "k" * 100, f"--step=3d={url}", "--who", "w" * 256, state, id=id)
        redis.cli("HSET", f"hc:{{{account}}}:scenario:{id}", "started", 1_234_567, "ended:finished", 1_234_567)
        job, run = f"p 1 0 {1_795_000_000_000}", "1 1795000000000 {}"
        redis.cli("HSET", f"hc:{{{account}}}:scenario:{id}:jobs", CONTACT, job)
        redis.cli("HSET", f"hc:{{{account}}}:scenario:{id}:runs", CONTACT, run)
    link(redis, account, *(str(number).ljust(64, "0") for number in range(1, 9)))
    for outcome in ["failed", "unknown"]:
        redis.cli("XADD", f"hc:{{{account}}}:dead", "*", "scenario", ids[0], "run", 1_234_567, "contact", CONTACT,
                  "outcome", outcome, "step", 20, "attempts", 8, "started", 1_795_000_000_000, "reason", "r" * 64,
                  "event", '{"kind":"message","details":{}}', "ended", "1-1")
    steps = [f"s 1795000000000 {ids[0]} 1234567 20 {outcome} 8 {'r' * 64}" for outcome in [
        "sent", "parked", "later", "failed", "unknown", "expired"]]
    redis.cli("RPUSH", f"hc:{{{account}}}:contact:{CONTACT}", *steps, "e 1795000000000 comment -",
              f"e 1795000000000 story_reply m1 {ids[0]}=disabled thanks=busy thanks=cooling_down thanks=started:1")


@pytest.fixture(scope="module")
def furnished(redis):
    """An account with something in every part of its page, and a name as long as can be; beside it, full ones."""
    account = ("brand:" + "very-long-account-name_" * 5 + "0" * 128)[:128]
    run("plan", "set", account, "--plan", "pro", "--limit", 2000, redis=redis)
    run("plan", "set", account, "--plan", "free", "--at-period-end", redis=redis)
    earlier = [f"hc:{{{account}}}:{month(redis, back)}:stats" for back in range(1, 12)]
    redis.feed([f"HSET {key} 10:scenario:activated 12345" for key in earlier])
    activate(redis, account, [f"contact-{number}" for number in range(60)])
    activate(redis, account, ["one", "two"], by="ai_agent:3")
    furnish_campaigns(redis, account)
    furnish_notices(redis, account)
    furnish_scenarios(redis, account)
    for beside, limit in [("full", 2), ("over", 1)]:
        run("plan", "set", beside, "--limit", limit, "--mode", "soft", redis=redis)
        activate(redis, beside, ["one", "two"])
    return account


def pages(furnished):
    return {
        "overview": "/", "account": f"/accounts/{furnished}?contact={CONTACT}", "error": "/nothing",
        "contact": f"/accounts/{furnished}/contacts/{CONTACT}",
        "search": "/?q=" + "w" * 100, "account without anything": f"/accounts/{'n' * 128}",
    }


def look_at_a_change(page, account, look):
    """Looks at a change of plan that waits to be confirmed: in the dialog, and on the page that stands in for it."""
    page.goto(f"/accounts/{account}")
    ask_for_plan(page, limit="5")
    expect(page.get_by_role("dialog")).to_be_visible()
    look("dialog")
    page.evaluate("document.querySelector('.plan-form').submit()")
    expect(page.get_by_role("heading", level=1)).to_have_text("Change this plan?")
    look("confirm")


def look_at_an_end(page, account, look):
    """Looks at a campaign that is to be cancelled and a contact that is to be erased, likewise."""
    for name, form, button, question in [
        ("cancelling", ".campaign-actions form[data-confirm]", "Cancel 1-running", "Cancel this campaign?"),
        ("erasing", "#erase form", "Review the erasure", "Erase this contact?"),
    ]:
        page.goto(f"/accounts/{account}")
        page.get_by_label("Contact to erase").fill(CONTACT)
        page.get_by_role("button", name=button).click()
        expect(page.get_by_role("dialog", name=question)).to_be_visible()
        look(f"dialog for {name}")
        page.evaluate("form => document.querySelector(form).submit()", form)
        expect(page.get_by_role("heading", level=1)).to_have_text(question)
        look(name)


@pytest.mark.parametrize("options", [{"color_scheme": "light"}, {"color_scheme": "dark"}, PHONE], ids=[
    "light", "dark", "phone"])
def test_axe_finds_nothing(somebody, admin_key, furnished, options):
    # axe is no part of the page, so the page's policy must not keep it out.
    page = somebody(bypass_csp=True, **options).page
    faults = {}

    def look(name):
        page.evaluate("document.getAnimations().forEach(animation => animation.finish())")
        # What is behind a dialog was looked at without it.
        part = "dialog[open]" if page.locator("dialog[open]").count() else None
        for fault in Axe().run(page, context=part).response["violations"]:
            nodes = [node["html"][:200] + " " + node["failureSummary"] for node in fault["nodes"]]
            faults[f"{name}: {fault['id']}"] = nodes

    page.goto("/sign-in")
    look("sign-in")
    page.get_by_label("API key").fill("wrong")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    look("sign-in refused")
    page.get_by_label("API key").fill(admin_key)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Accounts")).to_be_visible()
    for name, path in pages(furnished).items():
        page.goto(path)
        for details in page.locator("details").all():
            details.evaluate("details => details.open = true")
        look(name)
    look_at_a_change(page, furnished, look)
    look_at_an_end(page, furnished, look)
    assert faults == {}


def test_a_phone_needs_no_scrolling_sideways(somebody, admin_key, furnished):
    person = somebody(**PHONE)
    person.page.goto("/sign-in")
    wide = {}

    def look(name):
        width = person.page.evaluate("document.documentElement.scrollWidth")
        if width > 390:
            wide[name] = width

    look("sign-in")
    page = person.sign_in(admin_key)
    for name, path in pages(furnished).items():
        page.goto(path)
        look(name)
        saved(page, f"phone-{name}")
    look_at_a_change(page, furnished, look)
    look_at_an_end(page, furnished, look)
    assert wide == {}
