"""An account's scenarios in the dashboard: what they do, what became of their runs, their buttons, and channels."""

import json
import re
import shlex

import pytest
import requests
from playwright.sync_api import expect

from browser import HOSTILE, Visitor, forged, is_unharmed
from campaigns import set_plan
from service import eventually, make_key, run
from webhooks import GENERIC_SECRET, add_scenario, link, say, scenario, set_secrets

NOBODY = "http://127.0.0.1:1/send"


def shown(page, id="welcome"):
    return page.locator(f"#scenario-{id}")


def numbers(item):
    """What the list says of the runs, at one moment."""
    return item.evaluate("""item => Object.fromEntries(
        [...item.querySelectorAll(".scenario-numbers div")].map(row => [...row.children].map(cell => cell.textContent))
    )""")


def rules(item):
    return item.locator(".scenario-rules dd").all_inner_texts()


def steps(item):
    return [" ".join(text.split()) for text in item.locator(".scenario-steps li").all_inner_texts()]


def test_what_starts_them_and_what_they_do(page, redis, account):
    add_scenario(redis, account, NOBODY, "--keyword", "hi", "--keyword", "Good day", "--step", "15m", "--step",
                 "3d=https://example.com/later", "--cool-down", "7d", "--who", "Ada", on="message")
    add_scenario(redis, account, NOBODY, "--keyword", "price", "--match", "exact", "--reply-window", "90m",
                 id="a-price", on="comment")
    add_scenario(redis, account, NOBODY, "--reply-window", "none", "--disabled", id="thanks", on="story_reply")
    page.goto(f"/accounts/{account}")
    assert page.locator(".scenario-id").all_inner_texts() == ["a-price", "thanks", "welcome"], "by id"
    assert page.locator(".scenario-state").all_inner_texts() == ["enabled", "disabled", "enabled"]
    assert rules(shown(page)) == [
        "message containing “hi” or “Good day”", "24 hours after the contact’s last event", "7 days after a run"]
    assert steps(shown(page)) == [
        f"at once {NOBODY}", f"after 15 minutes {NOBODY}", "after 3 days https://example.com/later"]
    expect(shown(page).locator(".scenario-times")).to_have_text(
        re.compile(r"^Created \d+ \w+ \d{4}, \d\d:\d\d, last changed by Ada$"))
    assert rules(shown(page, "a-price")) == [
        "comment that is exactly “price”", "1 hour 30 minutes after the contact’s last event", "none"]
    assert rules(shown(page, "thanks")) == ["any story reply", "none: answers at any time", "none"]
    assert steps(shown(page, "thanks")) == [f"at once {NOBODY}"]


def test_their_numbers_move_while_a_worker_carries_them_out(page, redis, client, account, action, start_worker):
    """Every five seconds, for as long as a run is under way."""
    set_plan(redis, account, limit=3)
    set_secrets(client, account, GENERIC_SECRET)
    server = action(lambda request: {"bob": 400}.get(request.contact, 200))
    add_scenario(redis, account, server.url, on="message")
    for contact in ["ann", "bob", "cleo", "dan", "eve"]:
        say(client, account, contact)
    page.clock.install(time=0)
    page.clock.pause_at(1_000)
    page.goto(f"/accounts/{account}")
    item = shown(page)
    assert numbers(item) == {
        "Started": "5", "Active": "5", "Parked": "0", "Finished": "0", "Failed": "0", "Unknown": "0", "Expired": "0",
        "Erased": "0"}
    page.evaluate("window.isTheSame = true")
    item.get_by_role("button", name="Disable welcome").focus()

    def become(**expected):
        assert eventually(lambda: scenario(redis, account).items() >= expected.items(), within=30)
        page.clock.fast_forward(5_000)
        for name, number in expected.items():
            cell = item.locator(".scenario-numbers div").filter(has_text=name.capitalize()).locator("dd")
            expect(cell).to_have_text(str(number))

    start_worker()
    become(finished=3, failed=1, parked=1, active=1)
    set_plan(redis, account, limit=10)
    become(finished=4, failed=1, parked=0, active=0)
    expect(item.get_by_role("button", name="Disable welcome")).to_be_focused(), "the keyboard stays where it is"
    assert page.evaluate("window.isTheSame"), "nobody has loaded the page again"
    expect(page.locator("[data-live-scenarios]")).to_have_count(0)


@pytest.mark.parametrize("has_script", [True, False])
def test_disabling_enabling_and_removing(somebody, redis, client, admin_key, account, has_script):
    set_secrets(client, account, GENERIC_SECRET)
    add_scenario(redis, account, NOBODY, on="message")
    say(client, account, "ann")
    page = somebody(java_script_enabled=has_script).sign_in(admin_key, f"/accounts/{account}")
    item = shown(page)

    for button, state in [("Disable", "disabled"), ("Enable", "enabled")]:
        item.get_by_role("button", name=f"{button} welcome").click()
        expect(item).to_have_attribute("data-state", state)
        assert page.url.endswith(f"/accounts/{account}#scenarios")
        assert scenario(redis, account)["enabled"] == (state == "enabled")
        expect(item.get_by_role("button", name=f"{button} welcome")).to_have_count(0)

    def asks():
        item.get_by_role("button", name="Remove welcome").click()
        if not has_script:
            expect(page.get_by_role("heading", level=1)).to_have_text("Remove this scenario?")
            return page.locator("[data-confirmation]")
        dialog = page.get_by_role("dialog", name="Remove this scenario?")
        expect(dialog.get_by_role("link", name="Keep it")).to_be_focused()
        return dialog

    question = asks()
    expect(question.locator(".confirm-subject")).to_have_text("welcome")
    expect(question).to_contain_text("1 of its runs is under way as of now: nothing more is sent to those contacts.")
    question.get_by_role("link", name="Keep it").click()
    expect(question).to_be_hidden()
    assert scenario(redis, account)["active"] == 1
    asks().get_by_role("button", name="Remove the scenario").click()
    expect(page.locator("#scenarios")).to_contain_text("No scenarios yet.")
    assert page.url.endswith(f"/accounts/{account}#scenarios")
    assert client.get(f"/v1/accounts/{account}/scenarios").json()["scenarios"] == []


def test_an_account_without_scenarios_and_one_with_many(page, redis, client, account):
    page.goto(f"/accounts/{account}")
    section = page.locator("#scenarios")
    expect(section).to_contain_text("No scenarios yet.")
    line = section.locator(".start-command code").inner_text()
    run(*shlex.split(line)[1:], redis=redis)
    page.reload()
    assert rules(shown(page))[0] == "message containing “hi”", "the line does what it says"
    for number in range(50):
        made = client.put(f"/v1/accounts/{account}/scenarios/{number:02}", json={"on": "message", "action": NOBODY})
        assert made.status_code == 201
    page.reload()
    assert section.locator(".scenario-id").all_inner_texts() == [f"{number:02}" for number in range(50)]
    expect(section.locator(".scenario-list .hint code")).to_have_text(f"headcount scenario list {account}")


def test_who_may_only_read_sees_scenarios_and_changes_none(somebody, service, redis, admin_key, account):
    add_scenario(redis, account, NOBODY)
    path = f"/accounts/{account}/scenarios"
    reader = make_key(redis, scope="read", name="reader")
    page = somebody().sign_in(reader, f"/accounts/{account}")
    expect(shown(page).locator(".scenario-trigger")).to_have_text("any comment")
    expect(page.locator("#scenarios").locator("form, button, summary")).to_have_count(0)
    # The list alone has no more than the page.
    assert "<form" not in page.request.get(path).text()

    elsewhere = make_key(redis, account=f"{account}-other")
    for visitor, home in [(Visitor(service, reader), "/"), (Visitor(service, elsewhere), f"/accounts/{account}-other")]:
        form = {"csrf": visitor.csrf(home), "confirmed": "yes"}
        for place in ["", "/welcome/enable", "/welcome/disable", "/welcome/remove"]:
            assert visitor.post(path + place, data=form).status_code == 403, place
    assert Visitor(service, elsewhere).get(path).status_code == 403
    assert Visitor(service).get(path).status_code == 401, "what the page fetches is no form to sign in with"
    stranger = Visitor(service).post(f"{path}/welcome/disable", data={"csrf": Visitor(service, admin_key).csrf("/")})
    assert (stranger.status_code, stranger.headers["Location"]) == (303, "/sign-in")
    assert scenario(redis, account)["enabled"]


def test_forms_from_elsewhere_change_none(service, redis, client, admin_key, account):
    add_scenario(redis, account, NOBODY)
    visitor = Visitor(service, admin_key)
    path = f"/accounts/{account}/scenarios"
    form = {"scenario": "promo", "event": "message", "match": "any", "url": NOBODY}
    for place, fields in [
        ("", form), ("/welcome/disable", {}), ("/welcome/enable", {}), ("/welcome/remove", {"confirmed": "yes"}),
    ]:
        before = client.get(f"/v1{path}").json()
        for token in forged(service, redis):
            assert visitor.post(path + place, data=token | fields).status_code == 403
        if place:
            assert visitor.get(path + place).status_code == 405, "a link does not either"
        if "confirmed" in fields:
            for answer in [visitor.submit(path + place), visitor.submit(path + place, confirmed="no")]:
                assert answer.status_code == 200 and "Remove this scenario?" in answer.text
        assert client.get(f"/v1{path}").json() == before
        answer = visitor.submit(path + place, **fields)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/accounts/{account}#scenarios")
        assert client.get(f"/v1{path}").json() != before


def test_what_can_not_be_done_is_said_on_a_page(page, service, redis, admin_key, account):
    visitor = Visitor(service, admin_key)
    path = f"/accounts/{account}/scenarios"
    for verb, fields in [("enable", {}), ("disable", {}), ("remove", {"confirmed": "yes"}), ("remove", {})]:
        assert visitor.submit(f"{path}/promo/{verb}", **fields).status_code == 404, verb
        assert visitor.submit(f"{path}/-promo/{verb}", **fields).status_code == 422, verb
        assert visitor.submit(f"{path}/pro%FFmo/{verb}", **fields).status_code == 422, verb

    # Somebody else was faster.
    add_scenario(redis, account, NOBODY)
    page.goto(f"/accounts/{account}")
    run("scenario", "remove", account, "welcome", "--yes", redis=redis)
    shown(page).get_by_role("button", name="Disable welcome").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("There is nothing here")
    expect(page.get_by_role("link", name="Home")).to_be_visible()


def test_what_is_hostile_is_shown_as_text(page, service, redis, admin_key, account):
    """As a keyword, in an address, and as an id should it ever get into Redis, also when the list is fetched again."""
    visitor = Visitor(service, admin_key)
    for text in HOSTILE:
        path = f"/accounts/{account}/scenarios/{requests.utils.quote(text, safe='')}"
        for verb in ["enable", "disable", "remove"]:
            answer = visitor.submit(f"{path}/{verb}")
            assert answer.status_code == 422
            assert text not in answer.text and "<img" not in answer.text and "<script>alert" not in answer.text
        definition = json.dumps({
            "trigger": {"event": "message", "keywords": [], "match": "any"}, "coolDown": 0,
            "steps": [{"delay": 0, "action": text}]})
        redis.cli("HSET", f"hc:{{{account}}}:scenarios", ":version", 1, text, f"running {definition}")
        redis.cli("HSET", f"hc:{{{account}}}:scenario:{text}:jobs", "ann", "q 1 0 1-1")
        redis.cli("HSET", f"hc:{{{account}}}:scenario:{text}", "state", "running", "who", text, "created",
                  1_790_000_000_000, "definition", definition)
    add_scenario(redis, account, NOBODY, *(f"--keyword={text}" for text in HOSTILE), id="zzz")
    page.clock.install(time=0)
    page.clock.pause_at(1_000)
    page.goto(f"/accounts/{account}")
    items = page.locator(".scenario")

    def are_shown(started):
        expect(items.locator(".scenario-numbers div:first-child dd")).to_have_text([started] * len(HOSTILE) + ["0"])
        assert sorted(items.locator(".scenario-id").all_text_contents()) == sorted([*HOSTILE, "zzz"])
        for text in HOSTILE:
            expect(shown(page, "zzz").locator(".scenario-trigger")).to_contain_text(f"“{text}”")
        attributes = items.evaluate_all("items => items.map(item => item.getAttributeNames().sort().join())")
        assert attributes == ["class,data-scenario,data-state,id"] * (len(HOSTILE) + 1)
        is_unharmed(page)

    are_shown("0")
    for text in HOSTILE:
        redis.cli("HSET", f"hc:{{{account}}}:scenario:{text}", "started", 7)
    page.clock.fast_forward(5_000)
    are_shown("7")
    items.nth(0).get_by_role("button", name="Remove").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Invalid scenario")
    is_unharmed(page)


def test_channels_are_listed_and_their_secrets_are_not(page, redis, account):
    section = page.locator(".channels")
    ids = [f"{account}.1", f"{account}.2"]
    secrets = ["a-secret-that-nobody-sees", "another-secret-that-nobody-sees"]

    def are(instagram, generic):
        page.goto(f"/accounts/{account}")
        expect(section.locator(".channel-instagram")).to_have_text(instagram)
        expect(section.locator(".channel-generic")).to_have_text(generic)
        assert "nobody-sees" not in page.content()

    are("not linked", "not linked")
    link(redis, account, *ids)
    run("channel", "link", account, "generic", "--secret", secrets[0], redis=redis)
    are(", ".join(ids), "linked, with a secret")
    run("channel", "link", account, "generic", "--secret", secrets[0], "--secret", secrets[1], redis=redis)
    are(", ".join(ids), "linked, with 2 secrets while one takes the other’s place")
    run("channel", "unlink", account, "instagram", ids[0], redis=redis)
    run("channel", "unlink", account, "generic", redis=redis)
    are(ids[1], "not linked")
