"""The form of the dashboard that adds a scenario."""

import html
import re

import pytest
from playwright.sync_api import expect

from browser import HOSTILE, Visitor, is_unharmed
from webhooks import add_scenario, scenario

URL = "https://example.com/send"
FORM = {
    "scenario": "welcome", "event": "message", "match": "contains", "keywords": "hi", "url": URL, "steps": "15m",
    "replyWindow": "24", "coolDown": "0",
}


def fill_in(page, **fields):
    """Opens the form and types into it; by label."""
    page.get_by_text("Add a scenario").click()
    for label, text in fields.items():
        field = page.get_by_label(label.replace("_", " "), exact=True)
        if label in ("Starts_on", "Whose_text"):
            field.select_option(text)
        else:
            field.fill(text)


def add(page):
    page.get_by_role("button", name="Add the scenario").click()


@pytest.mark.parametrize("has_script", [True, False])
def test_adding_one(somebody, redis, admin_key, account, has_script):
    page = somebody(java_script_enabled=has_script).sign_in(admin_key, f"/accounts/{account}")
    fill_in(page, Scenario="welcome", Starts_on="comment", Whose_text="exact", Keywords=" Price,, how much ,",
            Action_URL=URL, Later_steps="15m\n\n 3d https://example.com/later \n2h=https://example.com/even-later",
            **{"Reply window, hours": "0.5", "Cool-down, hours": "168"})
    add(page)
    expect(page.locator("#scenario-welcome .scenario-trigger")).to_have_text(
        "comment that is exactly “Price” or “how much”")
    assert page.url.endswith(f"/accounts/{account}#scenarios")
    assert scenario(redis, account).items() >= {
        "enabled": True, "on": "comment", "keywords": ["Price", "how much"], "match": "exact", "replyWindow": 1800,
        "coolDown": 604_800, "who": "tests", "steps": [
            {"delay": 0, "action": URL}, {"delay": 900, "action": URL},
            {"delay": 259_200, "action": "https://example.com/later"},
            {"delay": 7_200, "action": "https://example.com/even-later"}]}.items()
    expect(page.get_by_label("Scenario", exact=True)).to_have_value(""), "the next one begins empty"


def test_one_with_as_little_as_can_be(page, redis, account):
    page.goto(f"/accounts/{account}")
    fill_in(page, Scenario="all", Whose_text="any", Action_URL=URL,
            **{"Reply window, hours": "", "Cool-down, hours": ""})
    add(page)
    expect(page.locator("#scenario-all .scenario-trigger")).to_have_text("any message")
    assert scenario(redis, account, "all").items() >= {
        "keywords": [], "match": "any", "replyWindow": None, "coolDown": 0,
        "steps": [{"delay": 0, "action": URL}]}.items()


@pytest.mark.parametrize("has_script", [True, False])
def test_what_is_wrong_is_said_and_what_was_typed_is_there_to_be_corrected(
    somebody, redis, admin_key, account, has_script
):
    add_scenario(redis, account, "https://example.com/other")
    page = somebody(java_script_enabled=has_script).sign_in(admin_key, f"/accounts/{account}")
    typed = {"Scenario": "welcome", "Starts_on": "mention", "Whose_text": "exact", "Keywords": "price, info",
             "Action_URL": URL, "Later_steps": "15m\n3d", "Reply window, hours": "12", "Cool-down, hours": "48"}
    fill_in(page, **typed)
    with page.expect_response(lambda answer: answer.request.is_navigation_request()) as answer:
        add(page)
    assert answer.value.status == 409
    alert = page.get_by_role("alert")
    expect(alert).to_have_text("'welcome': the account has a scenario of that id; choose another id.")
    expect(alert).to_be_in_viewport()
    for label, text in typed.items():
        expect(page.get_by_label(label.replace("_", " "), exact=True)).to_have_value(text)
    page.get_by_label("Scenario", exact=True).fill("another")
    add(page)
    expect(page.locator("#scenario-another .scenario-trigger")).to_have_text(
        "mention that is exactly “price” or “info”")
    expect(page.get_by_role("alert")).to_have_count(0)


@pytest.mark.parametrize("fields, words", [
    ({"scenario": ""}, "a scenario's id has 1 to 64"),
    ({"scenario": "-welcome"}, "a scenario's id has 1 to 64"),
    ({"scenario": "x" * 65}, "a scenario's id has 1 to 64"),
    ({"event": "birthday"}, "There is no event “birthday”."),
    ({"match": "roughly"}, "There is no match “roughly”."),
    ({"keywords": " , "}, "Give the keywords, or choose any text."),
    ({"match": "any"}, "With any text, keywords make no difference"),
    ({"keywords": "x" * 257}, "a keyword has 1 to 256 bytes"),
    ({"keywords": ",".join(map(str, range(101)))}, "a trigger has at most 100 keywords"),
    ({"url": "ftp://example.com/"}, "'ftp://example.com/': no URL"),
    ({"steps": "15m\nsoon"}, "“soon” is no step: write a delay such as 15m"),
    ({"steps": "15m ftp://example.org/"}, "'ftp://example.org/': no URL"),
    ({"steps": "15m https://example.com/ twice"}, "is no step"),
    ({"steps": "99999999999999999999d"}, "is no step"),
    ({"steps": "31d"}, "a step's delay is 0 seconds to 30 days"),
    ({"steps": "15m\n" * 20}, "a scenario has 1 to 20 steps"),
    ({"coolDown": "soon"}, "Cool-down: “soon” is no number of hours"),
    ({"coolDown": "-1"}, "Cool-down: “-1” is no number of hours"),
    ({"coolDown": "9000"}, "a cool-down is 0 seconds to a year"),
    ({"replyWindow": "24h"}, "Reply window: “24h” is no number of hours"),
    ({"replyWindow": "0"}, "a reply window is 60 seconds to 30 days"),
    ({"replyWindow": "721"}, "a reply window is 60 seconds to 30 days"),
])
def test_each_fault_names_what_it_is_in(forms, fields, words):
    form = FORM | fields
    answer = forms.submit("/accounts/acct_form/scenarios", **form)
    assert answer.status_code == 422
    alert = html.unescape(re.search(r'role="alert">([^<]*)<', answer.text).group(1))
    assert words in alert
    text = html.unescape(answer.text)
    for name in ["scenario", "keywords", "url", "coolDown", "replyWindow"]:
        assert re.search(rf'name="{name}"[^>]* value="{re.escape(form[name])}"', text), name
    assert f">{form['steps']}</textarea>" in text
    assert "No scenarios yet." in text


@pytest.fixture(scope="module")
def forms(service, admin_key):
    """Somebody who sends forms, without a browser."""
    return Visitor(service, admin_key)


def test_what_is_hostile_is_typed_text_and_no_more(page, account):
    for text in HOSTILE:
        page.goto(f"/accounts/{account}")
        plain = [field.evaluate("field => field.getAttributeNames().sort().join()")
                 for field in page.locator(".scenario-form :is(input, textarea)").all()]
        fill_in(page, Scenario="a b", Keywords=text, Action_URL=URL, Later_steps=f"{text}\n</textarea>{text}")
        page.locator(".scenario-form").evaluate("form => form.noValidate = true")
        add(page)
        expect(page.get_by_role("alert")).to_contain_text(f"“{text}” is no step")
        expect(page.get_by_label("Keywords")).to_have_value(text)
        expect(page.get_by_label("Later steps")).to_have_value(f"{text}\n</textarea>{text}")
        assert plain == [field.evaluate("field => field.getAttributeNames().sort().join()")
                         for field in page.locator(".scenario-form :is(input, textarea)").all()]
        is_unharmed(page)


def test_fields_that_it_does_not_have_are_refused(forms, client, account):
    path = f"/accounts/{account}/scenarios"
    assert forms.submit(path, **FORM, who="somebody else").status_code == 400
    assert forms.submit(path, **FORM | {"steps": "x" * 17_000}).status_code == 413
    assert client.get(f"/v1{path}").json()["scenarios"] == []
