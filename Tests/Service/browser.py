"""The dashboard as people meet it: real Chromium, a real `headcount serve`, a real Redis.

Every page that a test opens is watched: a dialog, an error in the console (a violation of the content security policy is
one), a missing asset, or a request to another host fails the test. Screenshots go to HEADCOUNT_SCREENSHOTS.
"""

import datetime
import functools
import os
import pathlib
import re
import tempfile

import requests
from playwright.sync_api import expect, sync_playwright

from service import make_key, run

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
# A status is looked at by the test that asks for it; Chromium reports it as an error as well.
STATUS_REPORT = "Failed to load resource: the server responded with a status of"
# What somebody may try to smuggle in. The quote of the last carries a combining mark: as a character it is no quote.
HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', '"\u0301 autofocus onfocus=alert(1) x="']


@functools.cache
def screenshot_directory():
    """Where screenshots go, all of a run's: HEADCOUNT_SCREENSHOTS, or a temporary directory."""
    directory = os.environ.get("HEADCOUNT_SCREENSHOTS") or tempfile.mkdtemp(prefix="headcount-screenshots-")
    pathlib.Path(directory).mkdir(parents=True, exist_ok=True)
    return pathlib.Path(directory)


class Chromium:
    """One browser for many people, each with cookies of their own."""

    def __init__(self):
        self._playwright = sync_playwright().start()
        self._browser = self._playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

    def person(self, service, **options):
        return Person(self._browser.new_context(base_url=service.url, **options), service)

    def close(self):
        self._browser.close()
        self._playwright.stop()


class Person:
    """Somebody who looks at a service: cookies of their own, and a page to begin with."""

    def __init__(self, context, service):
        context.set_default_timeout(10_000)
        self.context = context
        self.service = service
        self.complaints = []
        self.may_lose_connection = False
        context.on("page", self._watch)
        context.on("request", self._look_at_request)
        context.on("response", self._look_at_response)
        self.page = context.new_page()

    def _watch(self, page):
        page.on("dialog", lambda dialog: (self.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("pageerror", lambda error: self.complaints.append(f"script: {error}"))
        page.on("console", self._look_at_console)

    def _look_at_console(self, message):
        """Anything that is refused by the content security policy shows up here."""
        if message.type not in ("error", "warning") or message.text.startswith(STATUS_REPORT):
            return
        if self.may_lose_connection and "net::ERR_" in message.text:
            return
        self.complaints.append(f"console: {message.text}")

    def _look_at_request(self, request):
        if not request.url.startswith((self.service.url + "/", "blob:", "data:", "about:")):
            self.complaints.append(f"request to another host: {request.url}")

    def _look_at_response(self, response):
        if response.status >= 400 and response.request.resource_type in ("stylesheet", "script", "image", "other"):
            self.complaints.append(f"{response.status}: {response.url}")

    def sign_in(self, key, path="/"):
        """Opens a page and signs in on the way there."""
        self.page.goto(path)
        self.page.get_by_label("API key").fill(key)
        self.page.get_by_role("button", name="Sign in").click()
        self.page.wait_for_url(lambda url: "/sign-in" not in url)
        return self.page

    def close(self):
        self.context.close()


class Visitor(requests.Session):
    """Asks for pages as a browser does, without being one; redirects are not followed."""

    def __init__(self, service, key=None):
        super().__init__()
        self.base = service.url
        self.headers["Accept"] = "text/html"
        if key is not None:
            answer = self.sign_in(key)
            assert answer.status_code == 303, answer.text

    def request(self, method, path, **options):
        options.setdefault("timeout", 60)
        options["allow_redirects"] = False
        # Given each time, since the environment's REQUESTS_CA_BUNDLE would win over the session's.
        options.setdefault("verify", self.verify)
        return super().request(method, self.base + path, **options)

    def csrf(self, path):
        """The token in a page's form."""
        return re.search(r'name="csrf" value="([0-9a-f]+)"', self.get(path).text).group(1)

    def sign_in(self, key, next="", **options):
        form = {"csrf": self.csrf("/sign-in"), "next": next, "key": key}
        return self.post("/sign-in", data=form, **options)

    def submit(self, path, **fields):
        """Sends a form as a page has it."""
        return self.post(path, data={"csrf": self.csrf("/")} | fields)


def forged(service, redis):
    """What a form has in place of its token if it is on nobody's page, or on somebody else's."""
    other = Visitor(service, make_key(redis, name="somebody else"))
    return [{}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": other.csrf("/")}]


def is_unharmed(page):
    """Nothing of what was smuggled in is there as anything but text."""
    assert page.locator("main img, main script, main [onfocus], main [onerror], [autofocus]").count() == 0
    assert page.evaluate("document.scripts.length") == 1


def activate(redis, account, contacts, by="campaign:spring"):
    """A real process activates contacts."""
    where = {"HEADCOUNT_REDIS_URL": redis.url}
    return run("activate", account, "--by", by, "--", *contacts, environment=where, check=False)


def clock(redis, zone=datetime.timezone.utc):
    """The time by Redis's clock."""
    return datetime.datetime.fromtimestamp(int(redis.cli("TIME").split()[0]), zone)


def month(redis, back=0):
    """The name of this month, or of one before it, by Redis's clock in UTC."""
    now = clock(redis)
    number = now.year * 12 + now.month - 1 - back
    return f"{number // 12}-{number % 12 + 1:02}"


def key_id(key):
    return key.split("_")[1]


def saved(page, name):
    """Keeps a picture of the whole page."""
    page.screenshot(path=screenshot_directory() / f"{name}.png", full_page=True)


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
