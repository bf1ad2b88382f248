"""The dashboard as people meet it: real Chromium, a real `headcount serve`, a real Redis.

Every page that a test opens is watched: a dialog, an error in the console (a violation of the content security policy is
one), a missing asset, or a request to another host fails the test. Screenshots go to HEADCOUNT_SCREENSHOTS.
"""

import csv
import datetime
import io
import json
import random
import re
import subprocess
import time
import zoneinfo

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from browser import Chromium, Visitor, screenshot_directory
from service import HEADCOUNT, Redis, Service, clean_environment, eventually, make_key, run

SESSION = "headcount_session"
# What somebody may try to smuggle in. The quote of the last carries a combining mark: as a character it is no quote.
HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', '"\u0301 autofocus onfocus=alert(1) x="']
SCREENSHOTS = screenshot_directory()


@pytest.fixture(scope="module")
def chromium():
    chromium = Chromium()
    yield chromium
    chromium.close()


@pytest.fixture
def somebody(chromium, service):
    """Makes people who look at a service, at this file's own unless told otherwise."""
    people = []

    def make(at=service, **options):
        people.append(chromium.person(at, **options))
        return people[-1]

    yield make
    complaints = [complaint for person in people for complaint in person.complaints]
    for person in people:
        person.close()
    assert not complaints


@pytest.fixture
def page(somebody, admin_key):
    """A page of somebody who is signed in with an admin key."""
    return somebody().sign_in(admin_key)


@pytest.fixture
def fresh():
    """Makes a Redis and a service of a test's own."""
    made = []

    def make(*arguments):
        redis = Redis()
        made.append(redis)
        service = Service(redis.url, "--metrics", *arguments)
        made.append(service)
        return redis, service

    yield make
    for each in reversed(made):
        each.close()


def activate(redis, account, contacts, by="campaign:spring"):
    """A real process activates contacts."""
    where = {"HEADCOUNT_REDIS_URL": redis.url}
    return run("activate", account, "--by", by, "--", *contacts, environment=where, check=False)


def feed(redis, commands):
    """Writes to Redis directly, any number of commands, one a line."""
    done = subprocess.run(
        ["redis-cli", "-p", str(redis.port), "--pipe"], input="\n".join(commands) + "\n", text=True,
        capture_output=True, check=True)
    assert "errors: 0" in done.stdout, done.stdout


def month(redis, back=0):
    """The name of this month, or of one before it, by Redis's clock in UTC."""
    now = datetime.datetime.fromtimestamp(int(redis.cli("TIME").split()[0]), datetime.timezone.utc)
    number = now.year * 12 + now.month - 1 - back
    return f"{number // 12}-{number % 12 + 1:02}"


def key_id(key):
    return key.split("_")[1]


def saved(page, name):
    """Keeps a picture of the whole page."""
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def is_live(page):
    expect(page.locator("[data-live-status]")).to_have_attribute("data-live-status", "live")


def plan_of(client, account):
    return client.get(f"/v1/accounts/{account}/plan").json()


def ask_for_plan(page, plan=None, limit=None, mode=None, effect=None):
    """Fills in the plan's form, and sends it."""
    if plan:
        page.get_by_label("Plan", exact=True).select_option(plan)
    if limit:
        page.get_by_label("Contacts a month").fill(limit)
    if mode:
        page.get_by_label("At the limit").select_option(mode)
    if effect:
        page.get_by_label("From").select_option(effect)
    page.get_by_role("button", name="Review the change").click()


# Signing in and out ---------------------------------------------------------------------------------------------------


def test_a_wrong_key_is_told_so_and_the_right_one_leads_to_where_one_wanted_to_go(somebody, admin_key, account):
    page = somebody().page
    page.goto(f"/accounts/{account}?contact=eve")
    expect(page).to_have_title("Sign in · Headcount")
    expect(page.get_by_label("API key")).to_be_focused()
    saved(page, "sign-in")
    page.get_by_label("API key").fill("hck_0123456789abcdef_" + "0" * 64)
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_have_text("This key is not known, has expired or was revoked.")
    expect(page.get_by_label("API key")).to_have_value("")
    page.get_by_label("API key").fill(f" {admin_key} ")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(account)
    assert page.url.endswith(f"/accounts/{account}?contact=eve")


@pytest.mark.parametrize("next", [
    "//evil.example", "https://evil.example/", "/\\evil.example", "/\t/evil.example", "\\/evil.example", "evil.example",
    "javascript:alert(1)", "/%0d%0aX: y\r\nX: y",
])
def test_signing_in_never_leads_to_another_server(service, admin_key, next):
    visitor = Visitor(service)
    shown = visitor.get("/sign-in", params={"next": next})
    assert re.search(r'name="next" value="([^"]*)"', shown.text).group(1) == ""
    answer = visitor.sign_in(admin_key, next=next)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert "X" not in answer.headers
    again = visitor.get("/sign-in", params={"next": next})
    assert (again.status_code, again.headers["Location"]) == (303, "/"), "nor does it for who is signed in already"


def test_the_sessions_cookie_is_for_the_server_alone(service, admin_key):
    plain = Visitor(service).sign_in(admin_key).headers["Set-Cookie"]
    assert {"HttpOnly", "Path=/"} <= set(plain.split("; ")) and "Secure" not in plain
    assert re.search(r"SameSite=(Lax|Strict)", plain)
    assert admin_key not in plain, "the key itself is not kept in the browser"
    behind_proxy = Visitor(service)
    form = behind_proxy.get("/sign-in", headers={"X-Forwarded-Proto": "https"})
    assert "Secure" in form.headers["Set-Cookie"].split("; ")
    assert "HttpOnly" in form.headers["Set-Cookie"].split("; ")
    token = re.search(r'name="csrf" value="([0-9a-f]+)"', form.text).group(1)
    # requests keeps a secure cookie from a plain connection, so it is given by hand.
    cookie = form.headers["Set-Cookie"].split(";")[0]
    behind_proxy.cookies.clear()
    answer = behind_proxy.post(
        "/sign-in", data={"csrf": token, "next": "", "key": admin_key},
        headers={"X-Forwarded-Proto": "https", "Cookie": cookie})
    assert answer.status_code == 303
    assert "Secure" in answer.headers["Set-Cookie"].split("; ")


def test_over_tls_cookies_are_secure(redis, admin_key, tmp_path):
    certificate, private = tmp_path / "cert.pem", tmp_path / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
         "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1", "-out", certificate, "-keyout", private],
        check=True, capture_output=True)
    service = Service(redis.url, "--tls-cert", str(certificate), "--tls-key", str(private))
    try:
        visitor = Visitor(service)
        visitor.verify = str(certificate)
        answer = visitor.sign_in(admin_key)
        assert answer.status_code == 303
        assert "Secure" in answer.headers["Set-Cookie"].split("; ")
        assert visitor.get("/").status_code == 200
    finally:
        service.close()


def test_signing_out_ends_it(somebody, admin_key):
    person = somebody()
    page = person.sign_in(admin_key)
    assert SESSION in [cookie["name"] for cookie in person.context.cookies()]
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_title("Sign in · Headcount")
    assert SESSION not in [cookie["name"] for cookie in person.context.cookies()]
    page.goto("/")
    expect(page).to_have_title("Sign in · Headcount")
    page.go_back()
    expect(page).to_have_title("Sign in · Headcount")


def test_a_session_that_was_signed_out_is_over_for_whoever_copied_its_cookie(service, admin_key):
    visitor = Visitor(service, admin_key)
    copy = {SESSION: visitor.cookies[SESSION]}
    assert visitor.post("/sign-out", data={"csrf": visitor.csrf("/")}).status_code == 303
    assert SESSION not in visitor.cookies
    assert eventually(lambda: Visitor(service).get("/", cookies=copy).status_code == 303, within=2)


def test_signing_out_ends_live_numbers_too(service, redis, account):
    """In another tab, or with whoever copied the cookie."""
    visitor = Visitor(service, make_key(redis))
    with visitor.get(f"/accounts/{account}/events", stream=True, timeout=20) as stream:
        lines = stream.iter_lines()
        assert next(lines) == b"event: usage"
        assert visitor.post("/sign-out", data={"csrf": visitor.csrf("/")}).status_code == 303
        begun = time.monotonic()
        for line in lines:
            assert time.monotonic() - begun < 5, f"still sent: {line}"
    assert time.monotonic() - begun < 5


def test_forms_are_taken_only_from_the_pages_that_they_stand_on(service, client, redis, admin_key, account):
    """Without the token, with a wrong one, and with somebody else's."""
    victim, other = Visitor(service, admin_key), Visitor(service, make_key(redis, name="somebody else"))
    tokens = [None, "", "0" * 64, other.csrf("/")]
    plan = {"plan": "pro", "limit": "7000", "confirmed": "yes"}
    for token in tokens:
        csrf = {} if token is None else {"csrf": token}
        assert Visitor(service).post("/sign-in", data=csrf | {"key": admin_key}).status_code == 403
        refused = victim.post("/sign-out", data=csrf)
        assert (refused.status_code, "Set-Cookie" in refused.headers) == (403, False)
        assert victim.post(f"/accounts/{account}/plan", data=csrf | plan).status_code == 403
        stranger = Visitor(service)
        stranger.get("/sign-in")
        assert stranger.post("/sign-in", data=csrf | {"key": admin_key}).status_code == 403
        assert SESSION not in stranger.cookies
    assert plan_of(client, account)["limit"] == 100
    assert victim.get("/").status_code == 200, "and the victim is still signed in"
    own = {"csrf": victim.csrf("/")}
    assert victim.post(f"/accounts/{account}/plan", data=own | plan).status_code == 303
    assert plan_of(client, account)["limit"] == 7000


def test_a_forged_cookie_signs_nobody_in(service, redis, admin_key):
    visitor = Visitor(service, admin_key)
    cookie = visitor.cookies[SESSION]
    *parts, code = cookie.split(".")
    later = [str(int(part) + 86_400) if part.isdigit() and len(part) == 10 else part for part in parts]
    assert later != parts, "the session's end is in the cookie"
    reader = key_id(make_key(redis, scope="read"))
    others = [part.replace(key_id(admin_key), reader) for part in parts]
    for forged in [[*later, code], [*others, code], [*parts, "0" * len(code)], [*parts, ""], parts, [code], [""], ["é"]]:
        answer = Visitor(service).get("/", headers={"Cookie": f"{SESSION}={'.'.join(forged)}".encode()})
        assert (answer.status_code, answer.headers.get("Location")) == (303, "/sign-in?next=%2F"), forged
    assert visitor.get("/").status_code == 200


def test_a_revoked_key_is_signed_out_within_seconds_and_its_live_numbers_stop(service, redis, account):
    key = make_key(redis, name="to be revoked")
    visitor = Visitor(service, key)
    with visitor.get(f"/accounts/{account}/events", stream=True, timeout=10) as stream:
        lines = stream.iter_lines()
        assert next(lines) == b"event: usage"
        run("api-key", "revoke", key_id(key), redis=redis)
        revoked = time.monotonic()
        for _ in lines:
            pass
        assert time.monotonic() - revoked < 3
    assert eventually(lambda: visitor.get("/").status_code == 303, within=2)
    assert visitor.get(f"/accounts/{account}/events").status_code == 401


def test_an_open_page_of_a_revoked_key_says_that_it_is_no_longer_live(somebody, redis, account):
    key = make_key(redis, name="to be revoked as well")
    person = somebody()
    page = person.sign_in(key, f"/accounts/{account}")
    is_live(page)
    run("api-key", "revoke", key_id(key), redis=redis)
    expect(page.locator("[data-live-status]")).to_have_text("offline")
    page.reload()
    expect(page).to_have_title("Sign in · Headcount")


def test_keys_for_asking_about_contacts_can_not_sign_in(service, redis):
    visitor = Visitor(service)
    answer = visitor.sign_in(make_key(redis, scope="activate"))
    assert answer.status_code == 403
    assert "This key is for asking about contacts only" in answer.text
    assert SESSION not in visitor.cookies


def test_a_key_of_an_account_sees_nothing_else(somebody, service, redis, account):
    other = account + "-other"
    activate(redis, account, ["ann"])
    activate(redis, other, ["bob"])
    page = somebody().sign_in(make_key(redis, scope="read", account=account))
    assert page.url == f"{service.url}/accounts/{account}", "home is the account"
    page.goto("/?q=other")
    assert page.url == f"{service.url}/accounts/{account}"
    for path in ["", "/members.csv", "/daily.json"]:
        response = page.request.get(f"/accounts/{other}{path}", headers={"Accept": "text/html"})
        assert response.status == 403
        assert "bob" not in response.text()
    for path in [f"/accounts/{other}/events", "/events?accounts=" + other]:
        assert page.request.get(path).status == 403
    assert page.goto(f"/accounts/{other}").status == 403
    expect(page.get_by_role("heading", level=1)).to_have_text("Not with this key")
    page.get_by_role("link", name="Home").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(account)


def test_a_reading_key_changes_nothing(somebody, service, redis, client, account):
    key = make_key(redis, scope="read", name="reader")
    page = somebody().sign_in(key, f"/accounts/{account}")
    expect(page.get_by_role("heading", name="Plan changes")).to_be_visible()
    expect(page.get_by_role("heading", name="Change the plan")).to_have_count(0)
    visitor = Visitor(service, key)
    form = {"csrf": visitor.csrf(f"/accounts/{account}"), "plan": "pro", "confirmed": "yes"}
    assert visitor.post(f"/accounts/{account}/plan", data=form).status_code == 403
    assert plan_of(client, account)["version"] == 0


# Overview -------------------------------------------------------------------------------------------------------------


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
    feed(redis, lines)
    page = somebody(service).page
    page.set_default_timeout(60_000)
    begun = time.monotonic()
    page = sign_in_slowly(page, make_key(redis))
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


def sign_in_slowly(page, key):
    page.goto("/")
    page.get_by_label("API key").fill(key)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Accounts")).to_be_visible(timeout=60_000)
    return page


# Live numbers ---------------------------------------------------------------------------------------------------------


def test_the_number_moves_while_a_process_activates_contacts(somebody, redis, admin_key, account):
    run("plan", "set", account, "--limit", 40, redis=redis)
    activate(redis, account, ["first"])
    person = somebody()
    page = person.sign_in(admin_key, f"/accounts/{account}")
    is_live(page)
    overview = person.context.new_page()
    overview.goto(f"/?q={account}")
    row = overview.locator(f'tr[data-account="{account}"]')
    is_live(overview)
    used = page.locator(".hero .used")
    expect(used).to_have_text("1")

    seen = set()
    command = [HEADCOUNT, "activate", account, "--by", "scenario:welcome", "--from", "-", "--batch", "1"]
    worker = subprocess.Popen(
        command + ["--redis", redis.url], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, text=True, env=clean_environment())
    for number in range(60):
        worker.stdin.write(f"contact-{number}\n")
        worker.stdin.flush()
        page.wait_for_timeout(50)
        seen.add(used.inner_text())
    worker.stdin.close()
    assert worker.wait(30) == 3, "the limit refused some"
    expect(used).to_have_text("40")
    assert len(seen) >= 3, f"it moved only to {seen}"
    expect(page.locator(".hero")).to_have_attribute("data-state", "full")
    expect(page.locator(".hero")).to_contain_text("none left")
    expect(page.locator(".hero")).to_contain_text("at the limit")
    expect(page.locator(".hero [data-live-fill]")).to_have_attribute("width", "100%")
    expect(page.locator('.facts [data-live="refusedText"]')).to_have_text(re.compile(r"about 2\d contacts"))
    expect(page).to_have_title(re.compile(r"^40 / 40 · "))
    # For screen readers, at once and then every ten seconds at most.
    expect(page.locator("[data-live-announcement]")).to_have_text(re.compile(r"^\d+ of 40 contacts counted, \d+ left$"))
    expect(row.locator(".used")).to_have_text("40")
    expect(row).to_have_attribute("data-state", "full")
    expect(row.locator(".percent, [data-live=percentText]")).to_have_text("100 %")


def usage_calls(visitor):
    """How often the service has asked Redis about an account's usage."""
    return int(re.search(r'_count\{script="usage"\} (\d+)', visitor.get("/metrics").text).group(1))


def test_however_many_look_redis_is_asked_twice_a_second_at_most_and_not_at_all_when_nobody_does(fresh):
    redis, service = fresh()
    visitor = Visitor(service, make_key(redis))
    streams = [visitor.get("/accounts/acct_1/events", stream=True) for _ in range(8)]
    before, begun = usage_calls(visitor), time.monotonic()
    time.sleep(3)
    calls, seconds = usage_calls(visitor) - before, time.monotonic() - begun
    assert 2 <= calls <= 2.3 * seconds + 2, f"{calls} calls in {seconds:.1f} s"
    for stream in streams:
        stream.close()

    def is_quiet():
        before = usage_calls(visitor)
        time.sleep(1.2)
        return usage_calls(visitor) == before

    assert eventually(is_quiet, within=5), "everybody has gone, and Redis is still asked"


def test_streams_say_how_accounts_stand(service, redis, admin_key, account):
    activate(redis, account, ["ann", "bob"])
    visitor = Visitor(service, admin_key)

    def first(path):
        with visitor.get(path, stream=True) as stream:
            assert stream.headers["Content-Type"].startswith("text/event-stream")
            assert stream.headers["Cache-Control"] == "no-store"
            lines = stream.iter_lines(decode_unicode=True)
            return next(lines), json.loads(next(lines).removeprefix("data: "))

    event, usage = first(f"/accounts/{account}/events")
    assert event == "event: usage"
    assert (usage["used"], usage["limit"], usage["remaining"], usage["percent"]) == (2, 100, 98, 2)
    assert (usage["usedText"], usage["remainingText"], usage["state"]) == ("2", "98 left", "ok")
    assert usage["period"] == month(redis)
    event, usages = first(f"/events?accounts={account},nobody")
    assert event == "event: accounts"
    assert [(usage["account"], usage["used"]) for usage in usages] == [(account, 2), ("nobody", 0)]


# Plans ----------------------------------------------------------------------------------------------------------------


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


# One account ----------------------------------------------------------------------------------------------------------


def test_was_this_contact_counted(page, redis, account):
    activate(redis, account, ["ann"])
    page.goto(f"/accounts/{account}")

    def ask(contact):
        page.get_by_label("Contact id").fill(contact)
        page.get_by_role("button", name="Check").click()
        return page.locator(".answer")

    expect(ask("ann")).to_have_class(re.compile("answer-counted"))
    expect(page.locator(".answer")).to_contain_text("ann")
    expect(ask("bob")).to_have_class(re.compile("answer-notCounted"))
    expect(page.get_by_text("It would count when an automation next touches it.")).to_be_visible()
    # 256 characters fit into the field, but not into 256 bytes.
    expect(ask("é" * 200)).to_have_class(re.compile("answer-invalid"))
    expect(page.locator(".answer")).to_contain_text("400 bytes")
    assert page.request.get(f"/accounts/{account}?contact=a%00b").status == 200


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_hostile_is_shown_as_text(somebody, service, redis, account, text):
    """As a contact that is asked about, as a search, and as the name of a key, which stands on every page."""
    activate(redis, account, [text])
    page = somebody().sign_in(make_key(redis, name=text))
    attributes = "element => element.getAttributeNames().sort().join()"

    def is_unharmed():
        expect(page.locator(".who-name")).to_have_text(text)
        assert page.locator("main img, main script, main [onfocus], main [onerror]").count() == 0
        assert page.evaluate("document.scripts.length") == 1
        assert page.locator("[autofocus]").count() == 0

    is_unharmed()
    plain = page.locator("#q").evaluate(attributes)
    page.get_by_role("searchbox").fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_have_text(f"No account matches “{text}”")
    expect(page.get_by_role("searchbox")).to_have_value(text)
    assert page.locator("#q").evaluate(attributes) == plain
    is_unharmed()
    page.goto(f"/accounts/{account}")
    plain = page.locator("#contact-id").evaluate(attributes)
    page.get_by_label("Contact id").fill(text)
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".answer")).to_have_class(re.compile("answer-counted"))
    expect(page.locator(".answer .contact-id")).to_have_text(text)
    expect(page.get_by_label("Contact id")).to_have_value(text)
    assert page.locator("#contact-id").evaluate(attributes) == plain
    ask_for_plan(page, limit="321")
    page.get_by_role("button", name="Change plan").click()
    expect(page.locator(".audit li")).to_contain_text(text)
    is_unharmed()
    assert page.goto(f"/accounts/{requests.utils.quote(text, safe='')}").status == 422
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    is_unharmed()


def test_downloads_are_complete_and_named(page, redis, account, tmp_path):
    contacts = [f"contact-{number}" for number in range(4_997)] + ['with "quotes", and commas', "=1+1", "ünïcode 😀"]
    (tmp_path / "contacts").write_text("\n".join(contacts) + "\n")
    run("plan", "set", account, "--limit", 10_000, redis=redis)
    run("activate", account, "--by", "campaign:x", "--from", tmp_path / "contacts", "--format", "lines", redis=redis)
    activate(redis, account, ["by-agent"], by="ai_agent:7")
    contacts.append("by-agent")
    now = month(redis)
    page.goto(f"/accounts/{account}")

    def download(name, format):
        link = page.locator(f'a[download][href*="/{name}.{format}"]')
        with page.expect_download() as started:
            link.click()
        assert started.value.suggested_filename == f"{account}-{name}-{now}.{format}"
        content = page.request.get(link.get_attribute("href"))
        text = open(started.value.path(), encoding="utf-8", newline="").read()
        return content.headers["content-type"], text

    kind, text = download("members", "csv")
    assert kind == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["contact"]
    assert sorted(row[0] for row in rows[1:]) == sorted(contacts) and all(len(row) == 1 for row in rows)
    kind, text = download("members", "json")
    assert kind == "application/json"
    assert sorted(json.loads(text)) == sorted(contacts)
    today = int(time.strftime("%d", time.gmtime()))
    kind, text = download("daily", "csv")
    assert kind == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert rows[0] == ["day", "kind", "activated", "refused"]
    assert [row[1:] for row in rows[1:]] == [["ai_agent", "1", "0"], ["campaign", "5000", "0"]]
    assert all(int(row[0][-2:]) == today for row in rows[1:])
    kind, text = download("daily", "json")
    assert kind == "application/json"
    document = json.loads(text)
    assert (document["account"], document["period"]) == (account, now)
    assert document["days"][0]["kinds"]["campaign"]["activated"] == 5000


def test_earlier_months(page, redis, account):
    """Last month with its members; the months before only with their daily numbers, as their members have expired."""
    last, expiry = month(redis, 1), int(time.time()) + 86_400
    feed(redis, [
        f"SADD hc:{{{account}}}:{last} ann bob eve", f"EXPIREAT hc:{{{account}}}:{last} {expiry}",
        f"HSET hc:{{{account}}}:{last}:stats 03:campaign:activated 2 05:ai_agent:activated 1 05:campaign:refused 4",
    ])
    for back in range(2, 12):
        redis.cli("HSET", f"hc:{{{account}}}:{month(redis, back)}:stats", "10:scenario:activated", back * 10)
    activate(redis, account, ["ann"])
    page.goto(f"/accounts/{account}")
    months = page.locator(".history li")
    expect(months).to_have_count(12)
    values = page.locator(".history-value").all_text_contents()
    assert values == [str(back * 10) for back in range(11, 1, -1)] + ["3", "1"]
    is_live(page)
    page.get_by_role("link", name="Previous period").click()
    expect(page.locator(".hero .used")).to_have_text("3")
    expect(page.locator("[data-live-status]")).to_have_count(0)
    expect(page.locator(".facts")).to_contain_text("Ended")
    expect(page.locator(".legend")).to_contain_text(re.compile(r"Campaigns\s*2.*AI agents\s*1", re.S))
    expect(page.locator(".history li.is-selected")).to_have_count(1)
    page.get_by_text("Daily numbers as a table").click()
    fifth = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=re.compile("^5 ")))
    expect(fifth).to_contain_text("4")
    page.get_by_label("Contact id").fill("eve")
    page.get_by_role("button", name="Check").click()
    expect(page.locator(".answer")).to_have_class(re.compile("answer-counted"))
    expect(page.locator(".hero .used")).to_have_text("3"), "still last month"
    assert last in page.locator('a[download][href*="members.csv"]').get_attribute("href")
    page.get_by_role("link", name="Next period").click()
    expect(page.locator(".hero .used")).to_have_text("1")
    page.goto(f"/accounts/{account}?period={month(redis, 11)}")
    expect(page.locator(".hero .used")).to_have_text("110")
    assert page.goto(f"/accounts/{account}?period=2026-13").status == 422
    expect(page.get_by_role("heading", level=1)).to_have_text("Invalid period")


def test_the_lines_for_redis_cli_run_as_they_are(page, redis, account):
    run("plan", "set", account, "--limit", 50, redis=redis)
    activate(redis, account, ["ann", "bob", "eve"])
    page.goto(f"/accounts/{account}")
    page.get_by_text("with lines for redis-cli").click()
    lines = page.locator(".command code").all_inner_texts()
    assert len(lines) >= 8
    answers = {}
    for line in lines:
        done = subprocess.run(["sh", "-c", line], capture_output=True, text=True, timeout=10)
        assert done.returncode == 0 and "ERR" not in done.stdout and "WRONGTYPE" not in done.stdout, (line, done)
        answers[line] = done.stdout.strip()
    members = f"hc:{{{account}}}:{month(redis)}'"
    assert [answer for line, answer in answers.items() if "SCARD" in line and members in line] == ["3"]
    assert any("50" in answer.split() for line, answer in answers.items() if "HGETALL" in line and ":plan" in line)


# Trouble --------------------------------------------------------------------------------------------------------------


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
    other.get_by_role("link", name="Try again").click()
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


# For everybody --------------------------------------------------------------------------------------------------------


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
    page.goto(f"/?q={account}")
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


@pytest.fixture(scope="module")
def furnished(redis):
    """An account with something in every part of its page, and a name as long as can be."""
    account = ("brand:" + "very-long-account-name_" * 5 + "0" * 128)[:128]
    run("plan", "set", account, "--plan", "pro", "--limit", 2000, redis=redis)
    run("plan", "set", account, "--plan", "free", "--at-period-end", redis=redis)
    earlier = [f"hc:{{{account}}}:{month(redis, back)}:stats" for back in range(1, 12)]
    feed(redis, [f"HSET {key} 10:scenario:activated 12345" for key in earlier])
    activate(redis, account, [f"contact-{number}" for number in range(60)])
    activate(redis, account, ["one", "two"], by="ai_agent:3")
    return account


def pages(furnished):
    return {
        "overview": "/", "account": f"/accounts/{furnished}?contact={'w' * 256}", "error": "/nothing",
        "search": "/?q=" + "w" * 100,
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(somebody, admin_key, furnished, scheme):
    # axe is no part of the page, so the page's policy must not keep it out.
    page = somebody(color_scheme=scheme, bypass_csp=True).page
    faults = {}

    def look(name):
        page.evaluate("document.getAnimations().forEach(animation => animation.finish())")
        for fault in Axe().run(page).response["violations"]:
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
    page.goto(f"/accounts/{furnished}")
    ask_for_plan(page, limit="5")
    expect(page.get_by_role("dialog")).to_be_visible()
    look("dialog")
    page.evaluate("document.querySelector('.plan-form').submit()")
    expect(page.get_by_role("heading", level=1)).to_have_text("Change this plan?")
    look("confirm")
    assert faults == {}


def test_a_phone_needs_no_scrolling_sideways(somebody, admin_key, furnished):
    person = somebody(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
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
    page.goto(f"/accounts/{furnished}")
    ask_for_plan(page, limit="5")
    expect(page.get_by_role("dialog")).to_be_visible()
    look("dialog")
    page.evaluate("document.querySelector('.plan-form').submit()")
    expect(page.get_by_role("heading", level=1)).to_have_text("Change this plan?")
    look("confirm")
    assert wide == {}


# Pictures -------------------------------------------------------------------------------------------------------------

BOUTIQUE = "bella_boutique"


def furnish_for_pictures(redis):
    """Accounts as a company might have them, their numbers spread over the month's days so far."""
    chooser = random.Random(4)
    now = datetime.datetime.fromtimestamp(int(redis.cli("TIME").split()[0]), zoneinfo.ZoneInfo("Europe/Paris"))
    this_month = f"{now:%Y-%m}"
    lines = []

    def seed(account, plan, limit, used, mode="hard", zone="Europe/Paris", refused=0):
        def weight(day):
            is_weekend = now.replace(day=day).weekday() >= 5
            so_far = max(0.4, now.hour / 24) if day == now.day else 1
            return chooser.uniform(0.6, 1.3) * (0.3 if is_weekend else 1) * so_far

        shares = {
            (day, kind): weight(day) * share
            for day in range(1, now.day + 1) for kind, share in [("campaign", 5), ("scenario", 3), ("ai_agent", 2)]}
        counts = {field: int(used * share / sum(shares.values())) for field, share in shares.items()}
        counts[max(counts, key=counts.get)] += used - sum(counts.values())
        members = f"hc:{{{account}}}:{this_month}"
        lines.append(f"HSET hc:{{{account}}}:plan plan {plan} limit {limit} mode {mode} zone {zone} startDay 1 version 1")
        contacts = [str(17841400000000000 + number) for number in range(used)]
        lines.extend(f"SADD {members} " + " ".join(contacts[start:start + 1000]) for start in range(0, used, 1000))
        stats = [f"{day:02}:{kind}:activated {count}" for (day, kind), count in counts.items() if count]
        lines.append(f"HSET {members}:stats " + " ".join(stats))
        if refused:
            lines.append(f"PFADD {members}:refused " + " ".join(f"refused-{number}" for number in range(refused)))
        lines.append(f"SADD hc:accounts:{this_month} {account}")

    seed(BOUTIQUE, "pro", 10_000, 8617)
    seed("fit_coach", "pro", 2500, 2500, refused=183)
    seed("city_bistro", "pro", 1000, 1043, mode="soft")
    seed("northwind_books", "pro", 5000, 4410, zone="Europe/London")
    seed("studio_lumen", "free", 100, 86, zone="Europe/Berlin")
    seed("kite_and_tide", "pro", 2500, 1688, zone="America/New_York")
    seed("green_grocer", "pro", 1000, 612)
    seed("atelier_nova", "free", 100, 47)
    seed("harbour_yoga", "pro", 5000, 1904, zone="Europe/London")
    seed("paper_planes", "free", 100, 21)
    seed("velo_republic", "pro", 25_000, 3918)
    seed("agency_seven", "pro", 50_000, 12_640, mode="unlimited")
    earlier = [3120, 3391, 3874, 4466, 4302, 5187, 5610, 5044, 6398, 7215, 7862]
    for back, used in zip(range(11, 0, -1), earlier):
        lines.append(f"HSET hc:{{{BOUTIQUE}}}:{month(redis, back)}:stats 12:campaign:activated {used}")
    feed(redis, lines)
    for limit, who in [(5000, "ops@example.com"), (10_000, "Ada (customer success)")]:
        run("plan", "set", BOUTIQUE, "--plan", "pro", "--limit", limit, "--who", who, redis=redis)


def picture(page, name, until, margin=1):
    """A picture of the page's top, down to the end of an element."""
    box = until.bounding_box()
    clip = {"x": 0, "y": 0, "width": page.viewport_size["width"], "height": round(box["y"] + box["height"]) + margin}
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True, clip=clip)


def test_pictures_for_the_readme(fresh, somebody):
    """docs/images has `overview-light` and `account-light`, with a palette of 128 colours."""
    redis, service = fresh()
    furnish_for_pictures(redis)
    key = make_key(redis, name="Ada (customer success)")
    for scheme in ["light", "dark"]:
        page = somebody(service, color_scheme=scheme, viewport={"width": 1120, "height": 800}).sign_in(key)
        is_live(page)
        rows = page.locator("table.accounts tbody tr")
        expect(rows).to_have_count(12)
        picture(page, f"overview-{scheme}", until=rows.nth(8))
        page.get_by_role("link", name=BOUTIQUE).click()
        is_live(page)
        expect(page.locator(".hero .used")).to_have_text("8,617")
        picture(page, f"account-{scheme}", until=page.locator(".chart"), margin=24)
        saved(page, f"account-{scheme}-whole")
    page = somebody(service, viewport={"width": 390, "height": 844}, device_scale_factor=2).sign_in(key)
    saved(page, "phone-overview-furnished")
    page.goto(f"/accounts/{BOUTIQUE}")
    saved(page, "phone-account-furnished")
    assert len(list(SCREENSHOTS.glob("*-light.png"))) == 2
