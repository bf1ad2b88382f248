"""Changing an account's plan in the dashboard: the form, its confirmation, and the list of changes."""

import re

import pytest
from playwright.sync_api import expect

from browser import HOSTILE, Visitor, activate, ask_for_plan, plan_of, saved, screenshot_directory
from service import make_key, run

SCREENSHOTS = screenshot_directory()


def test_an_upgrade_through_the_dialog(page, redis, client, account):
    run("plan", "set", account, "--limit", 2, redis=redis)
    activate(redis, account, ["ann", "bob", "eve"])
    page.goto(f"/accounts/{account}")
    expect(page.locator(".hero")).to_contain_text("at the limit")
    dialog = page.get_by_role("dialog", name="Change this plan?")

    ask_for_plan(page, plan="pro", limit="2,500")
    expect(dialog).to_be_visible()
    for text in ["free", "pro", "2,500", "Takes effect now", "2 contacts are counted, so 2,498 more can be until"]:
        expect(dialog).to_contain_text(text)
    assert page.url.endswith(f"/accounts/{account}"), "it is a dialog, not another page"
    page.screenshot(path=SCREENSHOTS / "confirm-dialog.png")
    dialog.get_by_role("link", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert plan_of(client, account)["limit"] == 2, "nothing was changed"

    page.get_by_role("button", name="Review the change").click()
    dialog.get_by_role("button", name="Change plan").click()
    expect(page.get_by_role("status").filter(has_text="The plan was changed.")).to_be_visible()
    plan = plan_of(client, account)
    assert (plan["plan"], plan["limit"], plan["mode"]) == ("pro", 2500, "hard")
    expect(page.locator(".hero")).to_contain_text("2,498 left")
    entry = page.locator(".audit li").first
    for text in ["plan free → to pro", "limit 2 → to 2,500", "tests"]:
        expect(entry).to_contain_text(re.compile(re.escape(text).replace("→\\ to", r"→\s*to")))
    assert "activated" in activate(redis, account, ["eve"]).stdout, "automations go on at once"


def test_an_upgrade_without_javascript(somebody, redis, client, admin_key, account):
    page = somebody(java_script_enabled=False).sign_in(admin_key, f"/accounts/{account}")
    ask_for_plan(page, plan="pro")
    expect(page.get_by_role("heading", level=1)).to_have_text("Change this plan?")
    saved(page, "confirm")
    assert plan_of(client, account)["version"] == 0
    page.get_by_role("link", name="Cancel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(account)
    assert plan_of(client, account)["version"] == 0
    ask_for_plan(page, plan="pro")
    page.get_by_role("button", name="Change plan").click()
    expect(page.get_by_role("status")).to_have_text("The plan was changed.")
    plan = plan_of(client, account)
    assert (plan["plan"], plan["limit"]) == ("pro", 1000), "an empty limit takes the new plan's"


def test_a_change_of_mode(page, client, account):
    page.goto(f"/accounts/{account}")
    ask_for_plan(page, mode="unlimited")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("No limit applies then")
    expect(dialog.get_by_role("row", name="Plan")).to_contain_text("unchanged")
    dialog.get_by_role("button", name="Change plan").click()
    expect(page.locator(".hero")).to_contain_text("no limit")
    expect(page.locator(".hero")).to_contain_text("counts only")
    expect(page.locator(".hero")).to_have_attribute("data-state", "unlimited")
    assert plan_of(client, account)["mode"] == "unlimited"


def test_a_downgrade_below_what_is_counted_warns(page, redis, client, account):
    activate(redis, account, [f"contact-{number}" for number in range(12)])
    page.goto(f"/accounts/{account}")
    ask_for_plan(page, limit="10")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("12 contacts are counted already, more than the new limit of 10.")
    dialog.get_by_role("button", name="Change plan").click()
    expect(page.locator(".hero")).to_contain_text("2 over the limit")
    assert plan_of(client, account)["limit"] == 10


@pytest.mark.parametrize("has_script", [True, False])
def test_a_limit_that_can_not_be_is_refused_with_words(somebody, admin_key, client, account, has_script):
    person = somebody(java_script_enabled=has_script)
    page = person.sign_in(admin_key, f"/accounts/{account}")
    with page.expect_response(lambda answer: answer.request.is_navigation_request()) as answer:
        ask_for_plan(page, limit="9999999999999")
    assert answer.value.status == 422
    expect(page.get_by_role("alert")).to_contain_text("limit")
    expect(page.get_by_role("heading", level=1)).to_have_text(account)
    assert plan_of(client, account)["version"] == 0


def test_bad_forms_change_nothing(service, client, admin_key, account):
    visitor = Visitor(service, admin_key)
    csrf = visitor.csrf(f"/accounts/{account}")
    for field in [
        {"limit": "12x"}, {"limit": "-1"}, {"limit": "1.5"}, {"limit": "１２"}, {"limit": "9" * 30}, {"plan": "gold"},
        {"mode": "medium"}, {"effect": "yesterday"}, {"plan": HOSTILE[0]}, {"limit": HOSTILE[1]}, {},
    ]:
        answer = visitor.post(f"/accounts/{account}/plan", data={"csrf": csrf, "confirmed": "yes"} | field)
        assert answer.status_code == 422, field
        assert 'role="alert"' in answer.text
        assert "<script>alert" not in answer.text and "<img" not in answer.text
    assert plan_of(client, account)["version"] == 0


def test_a_change_at_the_periods_end_is_shown_until_it_holds(page, redis, client, account):
    run("plan", "set", account, "--plan", "pro", "--limit", 5000, redis=redis)
    page.goto(f"/accounts/{account}")
    ask_for_plan(page, plan="free", effect="period-end")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("with the next period. Until then everything stays as it is.")
    expect(dialog).to_contain_text("The next period begins with 100 contacts.")
    dialog.get_by_role("button", name="Change plan").click()
    expect(page.locator(".pending")).to_have_text(re.compile(r"Changes on 1 \w+ \d{4} to free, 100 .*hard"))
    assert plan_of(client, account)["limit"] == 5000
    expect(page.locator(".audit li").first).to_contain_text("holds from 1 ")


def test_the_audit_list_names_the_key_that_changed_a_plan(somebody, service, redis, account):
    key = make_key(redis, name="Ada’s laptop")
    visitor = Visitor(service, key)
    form = {"csrf": visitor.csrf(f"/accounts/{account}"), "limit": "300", "confirmed": "yes"}
    assert visitor.post(f"/accounts/{account}/plan", data=form).status_code == 303
    page = somebody().sign_in(key, f"/accounts/{account}")
    expect(page.locator(".audit li")).to_contain_text("Ada’s laptop")
    expect(page.locator(".audit li")).to_contain_text("300")
    expect(page.locator(".who-name")).to_have_text("Ada’s laptop")


def test_what_was_confirmed_is_what_waits(service, client, admin_key, account):
    """Also where another plan was waiting already."""
    for change in [{"plan": "pro"}, {"plan": "free", "effect": "period_end"}]:
        assert client.put(f"/v1/accounts/{account}/plan", json=change).status_code == 200
    visitor = Visitor(service, admin_key)
    form = {"csrf": visitor.csrf("/"), "plan": "pro", "limit": "2500", "mode": "hard", "effect": "period-end"}
    assert visitor.post(f"/accounts/{account}/plan", data=form | {"confirmed": "yes"}).status_code == 303
    pending = plan_of(client, account)["pendingPlan"]
    assert (pending["plan"], pending["limit"]) == ("pro", 2500)


def test_an_address_alone_does_not_say_that_a_plan_was_changed(service, admin_key, account):
    assert "The plan was changed" not in Visitor(service, admin_key).get(f"/accounts/{account}?changed=1").text
