"""An account's dead letters in the dashboard: why runs ended, replaying them, and purging them."""

import json
import re

import pytest
import requests
from playwright.sync_api import expect

from action_server import DROP
from browser import HOSTILE, Visitor, forged, is_unharmed
from service import eventually, make_key, run
from webhooks import GENERIC_SECRET, add_scenario, dead_letters, say, set_secrets

NOBODY = "http://127.0.0.1:1/send"


def plant(redis, account, contact="bob", scenario="welcome", outcome="failed", run=1, step=1, text="hello", **fields):
    """A letter as advance.lua writes it; its id."""
    event = json.dumps({"kind": "message", "text": text, "details": {}})
    found = {
        "scenario": scenario, "run": run, "contact": contact, "outcome": outcome, "step": step, "attempts": 1,
        "started": 1_790_000_000_000, "reason": "status 400", "event": event, "ended": "1790000000000-0"} | fields
    return redis.cli("XADD", f"hc:{{{account}}}:dead", "*", *(part for pair in found.items() for part in pair))


def letter(page, contact):
    return page.locator(".dead-letter").filter(has=page.get_by_role("link", name=contact, exact=True))


def are(page, *contacts):
    expect(page.locator(".dead-letter-contact")).to_have_text(list(contacts))


@pytest.fixture
def failing(redis, client, account, action, start_worker):
    """An action that refuses bob, and of whose answer to cleo nobody knows; it was called for them."""
    answers = {"bob": 400, "cleo": DROP}
    server = action(lambda request: answers.get(request.contact, 200))
    set_secrets(client, account, GENERIC_SECRET)
    add_scenario(redis, account, server.url, on="message")
    start_worker()
    for number, contact in enumerate(["bob", "cleo"], 1):
        say(client, account, contact)
        assert eventually(lambda: len(dead_letters(redis, account)) == number, within=30)
    return server


@pytest.mark.parametrize("has_script", [True, False])
def test_one_is_replayed(somebody, redis, admin_key, account, failing, has_script):
    page = somebody(java_script_enabled=has_script).sign_in(admin_key, f"/accounts/{account}")
    expect(page.locator(".dead-letter-count")).to_have_text("2, newest first")
    are(page, "cleo", "bob")
    when = r"\d+ \w+ \d{4}, \d\d:\d\d"
    for contact, words, run in [
        ("bob", "Failed: status 400", 1), ("cleo", "Unknown, it may have been sent: connection closed", 2),
    ]:
        expect(letter(page, contact)).to_contain_text(words)
        expect(letter(page, contact).locator(".dead-letter-when")).to_have_text(
            re.compile(rf"^{when} · welcome, run {run}, step 1, 1 attempt$"))
    failing.answer = lambda request: 200
    letter(page, "bob").get_by_role("button", name="Replay : welcome, run 1, step 1, 1 attempt").click()
    are(page, "cleo")
    assert page.url.endswith(f"/accounts/{account}#dead-letters")
    assert eventually(lambda: failing.contacts == ["bob", "cleo", "bob"], within=30)
    assert failing.requests[0].key == failing.requests[2].key
    letter(page, "cleo").get_by_role("link", name="cleo").click()
    expect(page.locator(".contact-name")).to_have_text("cleo")


@pytest.mark.parametrize("has_script", [True, False])
def test_one_is_purged_if_that_is_confirmed(somebody, redis, admin_key, account, has_script):
    plant(redis, account, "bob")
    plant(redis, account, "cleo", outcome="unknown", step=2)
    page = somebody(java_script_enabled=has_script).sign_in(admin_key, f"/accounts/{account}")

    def asks(contact):
        letter(page, contact).get_by_role("button", name="Purge").click()
        if not has_script:
            expect(page.get_by_role("heading", level=1)).to_have_text("Purge this dead letter?")
            return page.locator("[data-confirmation]")
        dialog = page.get_by_role("dialog", name="Purge this dead letter?")
        expect(dialog.get_by_role("link", name="Keep it")).to_be_focused()
        return dialog

    question = asks("cleo")
    expect(question.locator(".confirm-subject")).to_have_text("cleo")
    expect(question).to_contain_text("Step 2 of run 1 of the scenario welcome may not have been sent to this contact.")
    question.get_by_role("link", name="Keep it").click()
    expect(question).to_be_hidden()
    are(page, "cleo", "bob")
    question = asks("bob")
    expect(question).to_contain_text("Step 1 of run 1 of the scenario welcome was not sent to this contact.")
    question.get_by_role("button", name="Purge for good").click()
    are(page, "cleo")
    assert page.url.endswith(f"/accounts/{account}#dead-letters")
    assert [found["contact"] for found in dead_letters(redis, account)] == ["cleo"]


def test_one_that_can_not_be_replayed_stays(page, redis, client, account):
    """While the contact has another run, and when the scenario was removed."""
    set_secrets(client, account, GENERIC_SECRET)
    add_scenario(redis, account, NOBODY, on="message")
    plant(redis, account, "bob")
    say(client, account, "bob")
    path = f"/accounts/{account}"
    for words in ["the contact has another run of the scenario under way", "its scenario was removed"]:
        page.goto(path)
        letter(page, "bob").get_by_role("button", name="Replay").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Conflict")
        expect(page.locator("main")).to_contain_text(words, ignore_case=True)
        run("scenario", "remove", account, "welcome", "--yes", redis=redis, check=False)
    page.goto(path)
    are(page, "bob")


def test_one_that_is_gone(service, redis, admin_key, account):
    """Somebody else was faster, or there never was one."""
    visitor = Visitor(service, admin_key)
    for id in [plant(redis, account), "no-letter", "pro%FFmo"]:
        redis.cli("XDEL", f"hc:{{{account}}}:dead", id)
        path = f"/accounts/{account}/dead-letters/{id}"
        for answer in [visitor.submit(f"{path}/replay"), visitor.submit(f"{path}/purge")]:
            assert answer.status_code == 404 and "There is nothing here" in answer.text
    again = visitor.submit(f"/accounts/{account}/dead-letters/1790000000000-0/purge", confirmed="yes")
    assert again.status_code == 303, "that is how it was meant to be"


def test_none_and_many(page, redis, account):
    page.goto(f"/accounts/{account}")
    section = page.locator("#dead-letters")
    expect(section).to_contain_text("No run of a scenario has ended with a step that failed or is unknown.")
    expect(section.locator("code")).to_have_count(0)
    for number in range(21):
        plant(redis, account, f"contact-{number}")
        if number == 19:
            page.reload()
            expect(section.locator(".dead-letter-count")).to_have_text("20, newest first")
            expect(section.get_by_text(f"headcount dead list {account}")).to_have_count(0)
    page.reload()
    expect(section.locator(".dead-letter-count")).to_have_text("21, newest first")
    are(page, *(f"contact-{number}" for number in range(20, 0, -1)))
    expect(section.locator("code")).to_have_text([
        f"headcount dead list {account}", f"headcount dead replay {account} --all",
        f"headcount dead purge {account} --all"])


def test_who_may_only_read_sees_them_and_presses_nothing(somebody, service, redis, admin_key, account):
    id = plant(redis, account)
    reader = make_key(redis, scope="read", name="reader")
    page = somebody().sign_in(reader, f"/accounts/{account}")
    expect(letter(page, "bob")).to_contain_text("Failed: status 400")
    expect(page.locator("#dead-letters").locator("form, button")).to_have_count(0)
    elsewhere = make_key(redis, account=f"{account}-other")
    for visitor, home in [(Visitor(service, reader), "/"), (Visitor(service, elsewhere), f"/accounts/{account}-other")]:
        form = {"csrf": visitor.csrf(home)}
        for verb, fields in [("replay", form), ("purge", form), ("purge", form | {"confirmed": "yes"})]:
            assert visitor.post(f"/accounts/{account}/dead-letters/{id}/{verb}", data=fields).status_code == 403, verb
    assert len(dead_letters(redis, account)) == 1


def test_forms_from_elsewhere_move_none(service, redis, admin_key, account):
    add_scenario(redis, account, NOBODY, "--reply-window", "none")
    visitor = Visitor(service, admin_key)
    for verb, fields in [("replay", {}), ("purge", {"confirmed": "yes"})]:
        path = f"/accounts/{account}/dead-letters/{plant(redis, account)}/{verb}"
        for token in forged(service, redis):
            assert visitor.post(path, data=token | fields).status_code == 403
        assert visitor.get(path).status_code == 405, "a link does not either"
        assert len(dead_letters(redis, account)) == 1
        answer = visitor.submit(path, **fields)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/accounts/{account}#dead-letters")
        assert dead_letters(redis, account) == []


def test_what_is_hostile_is_shown_as_text(page, redis, account):
    """As a contact, in its event, as a reason, and as the id of a scenario should it ever get into Redis."""
    for text in HOSTILE:
        plant(redis, account, text, scenario=text, text=text, reason=text)
    page.goto(f"/accounts/{account}")
    letters = page.locator(".dead-letter")
    assert sorted(page.locator(".dead-letter-contact").all_text_contents()) == sorted(HOSTILE)
    attributes = letters.evaluate_all("items => items.map(item => item.getAttributeNames().sort().join())")
    assert attributes == ["class,data-letter,data-outcome"] * len(HOSTILE)
    is_unharmed(page)
    for text in HOSTILE:
        link = page.get_by_role("link", name=text, exact=True)
        assert link.get_attribute("href").endswith("/" + requests.utils.quote(text, safe=":@"))
        page.locator(".dead-letter").filter(has=link).get_by_role("button", name="Purge").click()
        expect(page.locator("dialog .confirm-subject")).to_have_text(text)
        is_unharmed(page)
        page.keyboard.press("Escape")
