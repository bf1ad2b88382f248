"""Erasing a contact in the dashboard: it is asked first, done for good, and told what was found."""

import re

import pytest
from playwright.sync_api import expect

from browser import HOSTILE, Visitor, activate, forged, is_live, is_unharmed, month
from campaigns import Campaign, usage
from identities import annabel, eraser, keyed, traces
from service import make_key
from webhooks import GENERIC_SECRET, add_scenario, say, set_secrets

NOBODY = "http://127.0.0.1:1/send"
# Letters that are written from right to left, and an override without an end, which would turn around what follows.
FROM_THE_RIGHT = "עברית أحمد \u202egnp.ann"


def members(redis, account):
    return sorted(redis.cli("SMEMBERS", f"hc:{{{account}}}:{usage(redis, account)['period']}").splitlines())


def review(page, contact):
    """Fills in the form, and sends it."""
    page.get_by_label("Contact to erase").fill(contact)
    page.get_by_role("button", name="Review the erasure").click()


def told(page):
    return page.locator("p.notice[role=status]")


def test_through_the_dialog(somebody, redis, keyed, eraser, admin_key, account, annabel):
    activate(redis, account, [annabel, "bob"])
    campaign = Campaign(redis, account, [annabel, "cleo"], NOBODY, "--pause")
    redis.cli("SADD", f"hc:{{{account}}}:{month(redis, 1)}", annabel)
    page = somebody(keyed).sign_in(admin_key, f"/accounts/{account}")
    review(page, annabel)
    dialog = page.get_by_role("dialog", name="Erase this contact?")
    expect(dialog).to_be_visible()
    expect(dialog.locator(".confirm-subject")).to_have_text(annabel)
    expect(dialog).to_contain_text("This can’t be undone.")
    expect(dialog.get_by_role("link", name="Cancel")).to_be_focused()
    assert page.url.endswith(f"/accounts/{account}"), "it is a dialog, not another page"
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Review the erasure")).to_be_focused()
    page.keyboard.press("Enter")
    dialog.get_by_role("link", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert members(redis, account) == sorted([annabel, "bob"]), "nothing was erased"

    page.get_by_role("button", name="Review the erasure").click()
    dialog.get_by_role("button", name="Erase for good").click()
    expect(told(page)).to_have_text(re.compile(
        r"^The contact was erased\. Found in periods: \w+ \d{4}, \w+ \d{4}; campaigns: spring\.$"))
    assert traces(redis, annabel, f"hc:{{{account}}}:2*") == []
    assert annabel not in page.url and annabel not in page.content()
    expect(page.get_by_label("Contact to erase")).to_have_value("")
    # It is the account's page like any other.
    is_live(page)
    expect(page.locator(".hero .used")).to_have_text("2")
    report = page.request.get(f"/accounts/{account}/campaigns/spring/report.csv").text().splitlines()
    assert sorted(line.split(",")[:2] for line in report[1:]) == [["", "skipped"], ["cleo", "waiting"]]
    assert campaign.status["skipped"] == 1

    review(page, annabel)
    dialog.get_by_role("button", name="Erase for good").click()
    expect(told(page)).to_have_text(
        "The contact was found in no period, campaign or scenario of the account: nothing was erased.")
    assert eraser.activate(account, annabel).json()["verdict"] == "already_activated", "they come back"


def test_without_javascript(somebody, redis, keyed, admin_key, account, annabel):
    activate(redis, account, [annabel, "bob"])
    page = somebody(keyed, java_script_enabled=False).sign_in(admin_key, f"/accounts/{account}")
    review(page, annabel)
    expect(page.get_by_role("heading", level=1)).to_have_text("Erase this contact?")
    expect(page.locator(".confirm-subject")).to_have_text(annabel)
    assert annabel not in page.url
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(account)
    assert page.url.endswith(f"/accounts/{account}#erase")
    assert members(redis, account) == sorted([annabel, "bob"])
    review(page, annabel)
    page.get_by_role("button", name="Erase for good").click()
    expect(told(page)).to_have_text(re.compile(r"^The contact was erased\. Found in periods: \w+ \d{4}\.$"))
    assert annabel not in page.url and annabel not in page.content()
    assert traces(redis, annabel) == []
    assert usage(redis, account)["used"] == 2


def test_what_is_hostile_is_shown_as_text(somebody, redis, keyed, admin_key, account):
    """In the dialog, and on the page that stands in for it."""
    contacts = [*HOSTILE, "<img src=x onerror=alert(1)>", FROM_THE_RIGHT, "  two  blanks "]
    activate(redis, account, contacts)
    page = somebody(keyed).sign_in(admin_key, f"/accounts/{account}")
    for contact in contacts:

        def is_asked_about():
            assert page.locator(".confirm-subject").text_content() == contact
            inputs = page.locator("[data-confirmation] input").evaluate_all(
                "inputs => inputs.map(input => input.getAttributeNames().sort().join())")
            assert inputs == ["name,type,value"] * 3
            is_unharmed(page)

        review(page, contact)
        expect(page.get_by_role("dialog")).to_be_visible()
        is_asked_about()
        page.evaluate("document.querySelector('#erase form').submit()")
        expect(page.get_by_role("heading", level=1)).to_have_text("Erase this contact?")
        is_asked_about()
        page.get_by_role("button", name="Erase for good").click()
        expect(told(page)).to_contain_text("The contact was erased.")
        is_unharmed(page)
        assert contact not in members(redis, account)
    assert usage(redis, account)["used"] == len(contacts)


def test_what_it_did_and_its_runs_are_found_as_well(somebody, redis, keyed, eraser, admin_key, account, annabel):
    set_secrets(eraser, account, GENERIC_SECRET)
    add_scenario(redis, account, NOBODY, on="message")
    say(eraser, account, annabel)
    page = somebody(keyed).sign_in(admin_key, f"/accounts/{account}")
    review(page, annabel)
    page.get_by_role("dialog").get_by_role("button", name="Erase for good").click()
    expect(told(page)).to_have_text("The contact was erased. Found in scenarios: welcome; its events.")
    expect(page.locator(".scenario-numbers")).to_contain_text(re.compile(r"Active\s*0.*Erased\s*1", re.S))
    page.goto(f"/accounts/{account}/contacts/{annabel}")
    expect(page.locator("#history")).to_contain_text("Nothing is known of it")
    expect(page.locator("#runs")).to_contain_text("No run of a scenario is under way for this contact.")


@pytest.mark.parametrize("has_script", [True, False])
def test_a_contact_that_can_not_be(somebody, keyed, redis, admin_key, account, has_script):
    """What was typed is there to be corrected."""
    # 256 characters fit into the field, but not into 256 bytes.
    contact = "é" * 200 + '"><img src=x>'
    page = somebody(keyed, java_script_enabled=has_script).sign_in(admin_key, f"/accounts/{account}")
    with page.expect_response(lambda answer: answer.request.is_navigation_request()) as answer:
        review(page, contact)
    assert answer.value.status == 422
    expect(page.get_by_role("alert")).to_have_text(
        "This is no contact id: contact id has 413 bytes; at most 256 are allowed.")
    expect(page.get_by_role("heading", level=1)).to_have_text(account)
    expect(page.get_by_label("Contact to erase")).to_have_value(contact)
    assert page.locator("main img").count() == 0
    visitor = Visitor(keyed, admin_key)
    for text in ["", "a\0b", "a\x9fb", "x" * 257]:
        for confirmed in [{}, {"confirmed": "yes"}]:
            answer = visitor.submit(f"/accounts/{account}/erase", contact=text, **confirmed)
            assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert visitor.submit(f"/accounts/{account}/erase", confirmed="yes").status_code == 422


@pytest.mark.parametrize("has_script", [True, False])
def test_without_a_tombstone_key_nothing_is_erased(somebody, redis, admin_key, account, has_script):
    activate(redis, account, ["ann"])
    page = somebody(java_script_enabled=has_script).sign_in(admin_key, f"/accounts/{account}")
    review(page, "ann")
    with page.expect_response(lambda answer: answer.request.is_navigation_request()) as answer:
        page.get_by_role("button", name="Erase for good").click()
    assert answer.value.status == 409
    expect(page.get_by_role("heading", level=1)).to_have_text("Not configured")
    expect(page.locator("main")).to_contain_text("HEADCOUNT_TOMBSTONE_KEY")
    assert members(redis, account) == ["ann"]


def test_only_who_may_erases(somebody, keyed, redis, admin_key, account):
    activate(redis, account, ["ann"])
    path = f"/accounts/{account}/erase"
    form = {"contact": "ann", "confirmed": "yes"}
    reader = make_key(redis, scope="read", name="reader")
    page = somebody(keyed).sign_in(reader, f"/accounts/{account}")
    expect(page.get_by_role("heading", name="Downloads")).to_be_visible()
    expect(page.locator("#erase, #erase-contact")).to_have_count(0)
    assert Visitor(keyed, reader).submit(path, **form).status_code == 403
    elsewhere = Visitor(keyed, make_key(redis, account=f"{account}-other"))
    csrf = {"csrf": elsewhere.csrf(f"/accounts/{account}-other")}
    assert elsewhere.post(path, data=form | csrf).status_code == 403
    visitor = Visitor(keyed, admin_key)
    for token in forged(keyed, redis):
        assert visitor.post(path, data=form | token).status_code == 403
    stranger = Visitor(keyed).post(path, data=form | {"csrf": visitor.csrf("/")})
    assert (stranger.status_code, stranger.headers["Location"]) == (303, "/sign-in")
    assert visitor.get(path, params=form).status_code == 405
    for answer in [visitor.submit(path, contact="ann"), visitor.submit(path, contact="ann", confirmed="no")]:
        assert answer.status_code == 200 and "Erase this contact?" in answer.text
    assert members(redis, account) == ["ann"]
    assert "The contact was erased." in visitor.submit(path, **form).text
    assert members(redis, account) != ["ann"]
