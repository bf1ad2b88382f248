"""An account's notices in the dashboard: what they tell, where their delivery is, and sending one again."""

import re

import requests
from playwright.sync_api import expect

from action_server import Answer
from browser import HOSTILE, Visitor, forged, is_unharmed
from notices import activate, deliveries, limit, listed, only
from service import eventually, make_key, run

LATER = Answer(503, {"Retry-After": "3600"})


def entries(page, status=None):
    return page.locator(f'.notice-entry[data-status="{status}"]' if status else ".notice-entry")


def send_again(where, event):
    name = re.compile(rf"^Send again ?: {re.escape(event)}, \d+ \w+ \d{{4}}, \d\d:\d\d$")
    return where.get_by_role("button", name=name)


def become(redis, account, *statuses):
    """Waits until the account's notices are like this."""
    def found():
        return sorted(notice["status"] for notice in listed(redis, account))

    assert eventually(lambda: found() == sorted(statuses), within=30), found()


def test_one_that_waits_is_given_up_and_is_sent_again(page, redis, account, action):
    hook = action(lambda request: LATER)
    run("notices", "set", account, "--url", hook.url, redis=redis)
    limit(redis, account, 10)
    assert eventually(lambda: only(listed(redis, account))["attempts"] == 1, within=30)
    page.goto(f"/accounts/{account}")
    expect(page.locator(".notice-url")).to_have_text(hook.url)
    waiting = entries(page, "pending")
    expect(waiting.locator(".notice-event")).to_have_text("Limit changed")
    expect(waiting.locator(".notice-facts")).to_have_text(
        re.compile(r"^\w+ \d{4}, from 100 to 10 contacts, by ops@example\.com$"))
    expect(waiting.locator(".notice-status")).to_have_text("Pending")
    expect(waiting.locator(".notice-delivery")).to_have_text(
        re.compile(r"^1 attempt, status 503, tried again \d+ \w+ \d{4}, \d\d:\d\d$"))
    expect(page.locator("#notices").get_by_role("button")).to_have_count(0)

    # As after a day: only the last attempt is left, and it is due.
    id = only(listed(redis, account))["id"]
    redis.cli("HSET", f"hc:{{{account}}}:outbox:deliveries", id, "29 0 status 503")
    redis.cli("ZADD", "hc:due:notices", 0, account)
    become(redis, account, "failed")
    page.reload()
    expect(entries(page, "failed").locator(".notice-status")).to_have_text("Failed")
    expect(entries(page, "failed").locator(".notice-delivery")).to_have_text("30 attempts, given up: status 503")

    hook.answer = lambda request: 200
    hook.hold()
    send_again(entries(page, "failed"), "Limit changed").click()
    expect(entries(page, "pending").locator(".notice-status")).to_have_text("Pending")
    assert page.url.endswith(f"/accounts/{account}#notices")
    expect(entries(page)).to_have_count(2)
    expect(page.locator("#notices").get_by_role("button")).to_have_count(0), "not while it waits"
    hook.release()
    become(redis, account, "delivered", "failed")
    page.reload()
    expect(entries(page, "delivered").locator(".notice-status")).to_have_text("Delivered")
    expect(entries(page, "delivered").locator(".notice-delivery")).to_have_text(
        re.compile(r"^\d attempts?, status 200$"))
    expect(send_again(page, "Limit changed")).to_have_count(2)
    assert {request.json["id"] for request in deliveries(hook, account)} == {id}


def test_one_without_a_url_is_sent_once_there_is_one(somebody, redis, admin_key, account, action):
    """Without JavaScript."""
    page = somebody(java_script_enabled=False).sign_in(admin_key, f"/accounts/{account}")
    expect(page.locator("#notices")).to_contain_text("No notices yet.")
    expect(page.locator(".notice-url")).to_have_text("the configured URL, if any")
    expect(page.locator(".notice-thresholds")).to_have_text("those of the configuration")
    limit(redis, account, 10)
    become(redis, account, "no_url")
    hook = action()
    run("notices", "set", account, "--url", hook.url, "--thresholds", "50,80,100", redis=redis)
    page.reload()
    expect(page.locator(".notice-url")).to_have_text(hook.url)
    expect(page.locator(".notice-thresholds")).to_have_text("50 %, 80 %, 100 %")
    expect(entries(page, "no_url").locator(".notice-status")).to_have_text("No URL to deliver it to")
    expect(page.locator(".notice-delivery")).to_have_count(0)
    send_again(entries(page, "no_url"), "Limit changed").click()
    expect(entries(page)).to_have_count(2)
    become(redis, account, "delivered", "no_url")
    page.reload()
    expect(entries(page, "delivered").locator(".notice-delivery")).to_have_text("1 attempt, status 200")
    assert len(deliveries(hook, account)) == 1
    run("notices", "set", account, "--no-url", "--thresholds", "none", redis=redis)
    page.reload()
    expect(page.locator(".notice-url")).to_have_text("the configured URL, if any")
    expect(page.locator(".notice-thresholds")).to_have_text("none")


def test_what_they_tell(page, redis, account):
    limit(redis, account, 1_000)
    limit(redis, account, 10)
    activate(redis, account, *range(8))
    activate(redis, account, *range(8, 12))
    run("plan", "set", account, "--mode", "soft", "--who", "Ada", redis=redis)
    run("plan", "set", account, "--limit", 2_000, "--at-period-end", "--who", "Ada", redis=redis)
    redis.cli("XADD", f"hc:{{{account}}}:notices", "*", "status", "delivered", "attempts", 1, "detail", "status 200",
              "told", "1767225600000-0", "event", "period.started", "period", "2026-01", "limit", 1_000)
    page.goto(f"/accounts/{account}")
    expect(entries(page)).to_have_count(7)
    month = r"\w+ \d{4}, "
    told = [
        ("Limit changed", month + r"from 10 to 2,000 contacts, by Ada, holds from 1 \w+ \d{4}"),
        ("Limit changed", month + "from hard to soft, by Ada"),
        ("Limit reached", month + "10 of 10 contacts counted"),
        ("80 % of the limit reached", month + "8 of 10 contacts counted"),
        ("Limit changed", month + "from 1,000 to 10 contacts, by ops@example.com"),
        ("Limit changed", month + "from 100 to 1,000 contacts, by ops@example.com"),
        ("New period begun", "January 2026, limit 1,000"),
    ]
    expect(page.locator(".notice-event")).to_have_text([event for event, _ in told])
    expect(page.locator(".notice-facts")).to_have_text([re.compile(f"^{facts}$") for _, facts in told])
    expect(entries(page).nth(6).locator("time")).to_have_attribute("datetime", "2026-01-01T00:00:00Z")


def test_what_is_hostile_is_shown_as_text(page, redis, account):
    url = 'http://127.0.0.1:9/"><img/src=x/onerror=alert(1)>'
    redis.cli("HSET", f"hc:{{{account}}}:plan", "plan", "free", "noticeURL", url)
    for number, text in enumerate(HOSTILE):
        redis.cli("XADD", f"hc:{{{account}}}:notices", "*", "status", "failed", "attempts", 1, "detail", text,
                  "told", f"179000000000{number}-0", "event", "limit.changed", "period", text, "from", text,
                  "limit", text + "!", "who", text, "fromMode", text, "mode", text + "?")
    page.goto(f"/accounts/{account}")
    expect(entries(page)).to_have_count(len(HOSTILE))
    assert page.locator(".notice-url").text_content() == url
    for item, text in zip(entries(page).all(), reversed(HOSTILE)):
        assert item.locator(".notice-facts").text_content() == (
            f"{text}, from {text} to {text}! contacts, from {text} to {text}?, by {text}")
        assert item.locator(".notice-delivery").text_content() == f"1 attempt, {text}"
    is_unharmed(page)


def test_only_who_may_sends_one_again(somebody, service, redis, admin_key, account, action):
    limit(redis, account, 10)
    become(redis, account, "no_url")
    path = f"/accounts/{account}/notices"
    resend = f"{path}/{only(listed(redis, account))['id']}/resend"
    reader = make_key(redis, scope="read", name="reader")
    page = somebody().sign_in(reader, f"/accounts/{account}")
    expect(entries(page, "no_url")).to_have_count(1)
    expect(page.locator("#notices").get_by_role("button")).to_have_count(0)
    expect(page.locator("#notices form")).to_have_count(0)

    hook = action(lambda request: LATER)
    run("notices", "set", account, "--url", hook.url, redis=redis)
    assert Visitor(service, reader).submit(resend).status_code == 403
    elsewhere = Visitor(service, make_key(redis, account=f"{account}-other"))
    form = {"csrf": elsewhere.csrf(f"/accounts/{account}-other")}
    assert elsewhere.post(resend, data=form).status_code == 403
    assert elsewhere.post(resend.replace(account, f"{account}-other"), data=form).status_code == 404
    visitor = Visitor(service, admin_key)
    for form in forged(service, redis):
        assert visitor.post(resend, data=form).status_code == 403
    assert visitor.get(resend).status_code == 405
    for id, status in [("1-0", 404), ("%FF", 422), *((requests.utils.quote(text, safe=""), 404) for text in HOSTILE)]:
        answer = visitor.submit(f"{path}/{id}/resend")
        assert answer.status_code == status
        assert not any(text in answer.text for text in HOSTILE)
    become(redis, account, "no_url")
    assert hook.requests == [], "nothing was sent"

    answer = visitor.submit(resend)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/accounts/{account}#notices")
    become(redis, account, "no_url", "pending")
    again = visitor.submit(resend)
    assert again.status_code == 409 and "this notice waits to be delivered already" in again.text
    assert eventually(lambda: hook.requests, within=30)
