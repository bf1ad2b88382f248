"""Signing in to the dashboard and out of it: its cookie, its forms, and what a key may see and change."""

import re
import subprocess
import time

import pytest
from playwright.sync_api import expect

from browser import Visitor, activate, is_live, key_id, plan_of, saved
from service import Service, eventually, make_key, run

SESSION = "headcount_session"


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
