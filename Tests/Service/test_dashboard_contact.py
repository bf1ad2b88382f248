"""A contact's page in the dashboard: why it got an answer, or none."""

import datetime
import re

import pytest
import requests
from playwright.sync_api import expect

from action_server import DROP, Answer
from browser import HOSTILE, Visitor, clock, is_unharmed
from campaigns import activate, set_plan
from service import eventually, make_key, run
from webhooks import GENERIC_SECRET, add_scenario, history, runs, say, set_secrets

NOBODY = "http://127.0.0.1:1/send"
WHEN = r"\d+ \w+ \d{4}, \d\d:\d\d"


@pytest.fixture
def talk(client, account):
    """Makes contacts of the account do something, as a generic webhook tells it."""
    set_secrets(client, account, GENERIC_SECRET)
    return lambda contact, text="hello", event="message", **more: say(client, account, contact, text, event, **more)


def see(page, account, contact):
    page.goto(f"/accounts/{account}/contacts/{contact}")
    expect(page.locator(".contact-name")).to_have_text(contact)


def lines(page):
    """What happened, newest first, without the times."""
    return [
        tuple(row.locator("td").all_text_contents()) for row in page.locator(".records tbody tr").all()]


def facts(page):
    return page.locator(".fact").evaluate_all(
        "facts => facts.map(fact => [...fact.querySelectorAll('dt, span')].map(part => part.textContent))")


def happened(redis, account, contact, steps):
    """Waits until as many steps of the contact have an outcome."""
    def found():
        return [record for record in history(redis, account, contact)["records"] if "step" in record]

    assert eventually(lambda: len(found()) == steps, within=30), found()


def test_it_is_found_from_its_account(page, redis, account, talk):
    talk("ann of the hill/top")
    page.goto(f"/accounts/{account}")
    page.get_by_label("Contact id").fill("ann of the hill/top")
    page.get_by_role("button", name="See its history").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Why did this contact get an answer, or none?")
    expect(page.locator(".contact-name")).to_have_text("ann of the hill/top")
    assert lines(page) == [("Message", "", "No run", "no scenario has such a trigger")]
    assert "ann of the hill" not in page.title()
    page.get_by_label("Contact id").fill("bob")
    page.get_by_role("button", name="Look up").click()
    expect(page.locator(".contact-name")).to_have_text("bob")
    expect(page.locator("#history")).to_contain_text("Nothing is known of it: no event of this contact came in lately.")
    expect(page.locator("#runs")).to_contain_text("No run of a scenario is under way for this contact.")
    assert facts(page)[1:] == [["Last event", "None", "in the last 45 days"], [
        "May be answered", "Not before its next event"]]
    page.get_by_role("link", name=account).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(account)


def test_each_event_says_what_scenarios_made_of_it(page, redis, account, action, start_worker, talk):
    server = action()
    add_scenario(redis, account, server.url, "--keyword", "hi", "--step", "20h", on="message")
    add_scenario(redis, account, server.url, "--keyword", "price", "--cool-down", "1h", id="price", on="message")
    add_scenario(redis, account, server.url, "--disabled", id="sale")
    start_worker()
    talk("ann", "what price?")
    happened(redis, account, "ann", 1)
    talk("ann", "hi")
    happened(redis, account, "ann", 2)
    talk("ann", "hi, which price?")
    talk("ann", event="comment")
    talk("ann", event="story_reply")
    see(page, account, "ann")
    assert lines(page) == [
        ("Story reply", "", "No run", "no scenario has such a trigger"),
        ("Comment", "sale", "No run", "the scenario was disabled"),
        ("Message", "price", "No run", "cooling down after the last run"),
        ("Message", "welcome", "No run", "one was under way already"),
        ("Step 1", "welcome, run 1", "Sent", "counted before in the month"),
        ("Message", "welcome, run 1", "Run started", ""),
        ("Step 1", "price, run 1", "Sent", "newly counted"),
        ("Message", "price, run 1", "Run started", "")]
    assert facts(page)[0][1] == "Counted"
    expect(page.locator(".run")).to_have_count(1)
    expect(page.locator(".run")).to_have_text(re.compile(
        rf"welcome\s+run 1, step 2\s+Waiting: it is due {WHEN}\. The reply window closes {WHEN}, unless the contact "
        r"does something before\."))


@pytest.mark.parametrize("answer, outcome, reason, waits", [
    (400, "Failed", "status 400, 1 attempt", None),
    (DROP, "Unknown, it may have been sent", "connection closed, 1 attempt", None),
    (Answer(503, {"Retry-After": "3600"}), "Not accepted yet", "status 503, 1 attempt",
     rf"Waiting: not accepted yet \(status 503, 1 attempt\), tried again {WHEN}\."),
])
def test_a_step_says_what_became_of_it(
    page, redis, account, action, start_worker, talk, answer, outcome, reason, waits
):
    add_scenario(redis, account, action(lambda request: answer).url, "--reply-window", "none", on="message")
    talk("bob")
    start_worker()
    happened(redis, account, "bob", 1)
    see(page, account, "bob")
    assert lines(page) == [
        ("Step 1", "welcome, run 1", outcome, reason), ("Message", "welcome, run 1", "Run started", "")]
    if waits:
        expect(page.locator(".run-state")).to_have_text(re.compile(f"^{waits}$"))
    else:
        expect(page.locator(".run")).to_have_count(0)


def test_whom_the_limit_holds_back_is_told_what_would_help(page, redis, account, action, start_worker, talk):
    set_plan(redis, account, limit=1)
    activate(redis, account, "ann")
    add_scenario(redis, account, action().url, on="message")
    talk("bob")
    worker = start_worker()
    happened(redis, account, "bob", 1)
    worker.terminate()
    see(page, account, "bob")
    assert lines(page)[0] == ("Step 1", "welcome, run 1", "Parked", "the account’s limit was reached")
    assert facts(page)[0][1] == "Not counted"
    assert re.search(r"^The account is at its limit: .* until 1 \w+ \d{4}, or an upgrade\.$", facts(page)[0][2])
    state = page.locator(".run-state")
    expect(state).to_have_text(re.compile(
        r"^Parked: the account’s limit is reached\. It goes on after an upgrade, when a slot is released, or "
        rf"1 \w+ \d{{4}}, 00:00\. The reply window closes {WHEN}, unless the contact does something before\.$"))
    set_plan(redis, account, limit=2)
    page.reload()
    expect(state).to_contain_text("There is room by now: it goes on when a worker looks.")
    start_worker()
    happened(redis, account, "bob", 2)
    page.reload()
    expect(state).to_have_count(0)
    assert lines(page)[0] == ("Step 1", "welcome, run 1", "Sent", "newly counted")
    assert facts(page)[0][1] == "Counted"


def test_a_reply_window_that_has_closed(page, redis, account, start_worker, talk):
    """The window begins with what the contact did, whenever we were told of it."""
    add_scenario(redis, account, NOBODY, "--reply-window", "1h", on="message")
    add_scenario(redis, account, NOBODY, "--reply-window", "3h", "--disabled", id="slow", on="message")
    add_scenario(redis, account, NOBODY, "--reply-window", "none", id="patient")
    earlier = clock(redis) - datetime.timedelta(hours=2)
    talk("ann", at=earlier.isoformat())
    see(page, account, "ann")
    expect(page.locator(".run-state")).to_have_text(
        "Waiting: it is due now. The reply window has closed: it expires, unless the contact does something before.")

    def at(hours):
        when = earlier + datetime.timedelta(hours=hours)
        return f"{when.day} {when:%B %Y, %H:%M}"

    assert facts(page)[1:] == [
        ["Last event", at(0), "UTC"],
        ["May be answered", "Not before its next event", f"by welcome; the reply window closed {at(1)}"],
        ["May be answered", f"Until {at(3)}", "by slow"],
        ["May be answered", "At any time", "by patient"]]
    start_worker()
    happened(redis, account, "ann", 1)
    page.reload()
    assert lines(page)[0] == ("Step 1", "welcome, run 1", "Expired", "the reply window had closed")
    expect(page.locator(".run")).to_have_count(0)


def test_a_run_of_a_disabled_scenario_waits(page, redis, account, talk):
    add_scenario(redis, account, NOBODY, "--reply-window", "none", on="message")
    talk("ann")
    run("scenario", "disable", account, "welcome", redis=redis)
    see(page, account, "ann")
    expect(page.locator(".run-state")).to_have_text(
        "Waiting: it is due now. The scenario is disabled: nothing is sent until it is enabled.")


def test_a_call_that_is_being_made(page, redis, account, action, start_worker, talk):
    server = action()
    server.hold()
    add_scenario(redis, account, server.url, on="message")
    talk("ann")
    start_worker()
    assert eventually(lambda: server.under_way == 1, within=30)
    see(page, account, "ann")
    expect(page.locator(".run-state")).to_have_text("Sending: the call is being made.")
    server.release()
    assert eventually(lambda: runs(redis, account, "--state", "finished"), within=30)


def test_on_a_phone_the_reason_is_seen_without_scrolling_sideways(somebody, redis, admin_key, account, talk):
    add_scenario(redis, account, NOBODY, "--disabled", id="w" * 64, on="message")
    talk("ann")
    page = somebody(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).sign_in(admin_key)
    see(page, account, "ann")
    expect(page.get_by_role("cell", name="the scenario was disabled")).to_be_visible()
    assert page.locator(".scroll").evaluate("table => table.scrollWidth <= table.clientWidth")


def test_times_are_those_of_the_account(page, redis, account, talk):
    run("plan", "set", account, "--zone", "Asia/Kolkata", redis=redis)
    talk("ann")
    told = history(redis, account, "ann")["records"][0]["at"]
    see(page, account, "ann")
    expect(page.locator("#history")).to_contain_text("Newest first, times in Asia/Kolkata")
    when = datetime.datetime.fromisoformat(told).astimezone(datetime.timezone(datetime.timedelta(hours=5.5)))
    expect(page.locator(".records time")).to_have_text(f"{when.day} {when:%B %Y, %H:%M:%S}")
    assert facts(page)[1] == ["Last event", f"{when.day} {when:%B %Y, %H:%M}", "Asia/Kolkata"]


@pytest.mark.parametrize("contact", [*HOSTILE, ".", "..", "a/b?c#d%2e", "  two  blanks ", "ünïcode 😀 עברית"])
def test_any_contact_has_a_page_on_which_it_is_text(page, redis, account, talk, contact):
    talk(contact, text=contact)
    add_scenario(redis, account, NOBODY, f"--keyword={contact}", on="message")
    talk(contact, text=contact)
    page.goto(f"/accounts/{account}")
    page.get_by_label("Contact id").fill(contact)
    page.get_by_role("button", name="See its history").click()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    assert page.locator(".contact-name").text_content() == contact
    assert lines(page) == [
        ("Message", "welcome, run 1", "Run started", ""), ("Message", "", "No run", "no scenario has such a trigger")]
    is_unharmed(page)


@pytest.mark.parametrize("has_script", [True, False])
def test_what_can_be_no_contact(somebody, service, redis, admin_key, account, has_script):
    page = somebody(java_script_enabled=has_script).sign_in(admin_key, f"/accounts/{account}")
    # 256 characters fit into the field, but not into 256 bytes.
    contact = "é" * 200
    page.get_by_label("Contact id").fill(contact)
    with page.expect_response(lambda answer: answer.request.is_navigation_request()) as answer:
        page.get_by_role("button", name="See its history").click()
    assert answer.value.status == 422
    expect(page.locator(".answer")).to_contain_text("This is no contact id: contact id has 400 bytes")
    expect(page.get_by_label("Contact id")).to_have_value(contact)
    visitor = Visitor(service, admin_key)
    for path in ["", "?contact=", "?contact=a%00b", "/a%00b", f"/{'x' * 257}", "/a%FFb"]:
        assert visitor.get(f"/accounts/{account}/contacts{path}").status_code == 422, path


def test_who_may_see_it(somebody, service, redis, account, talk):
    talk("ann")
    page = somebody().sign_in(make_key(redis, scope="read", account=account), f"/accounts/{account}/contacts/ann")
    assert lines(page) == [("Message", "", "No run", "no scenario has such a trigger")]
    expect(page.locator("main").get_by_role("button")).to_have_text(["Look up"])
    other = Visitor(service, make_key(redis, account=f"{account}-other"))
    for path in [f"/accounts/{account}/contacts/ann", f"/accounts/{account}/contacts?contact=ann"]:
        assert other.get(path).status_code == 403
        stranger = Visitor(service).get(path)
        assert stranger.status_code == 303
        assert stranger.headers["Location"] == f"/sign-in?next={requests.utils.quote(path, safe='')}"
