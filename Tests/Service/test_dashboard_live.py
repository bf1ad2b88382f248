"""The dashboard's numbers while they change, and the streams that they come from."""

import json
import re
import subprocess
import time

from playwright.sync_api import expect

from browser import Visitor, activate, is_live, month
from service import HEADCOUNT, clean_environment, eventually, make_key, run


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
    command = [
        HEADCOUNT, "activate", account, "--by", "scenario:welcome", "--from", "-", "--batch", "1", "--redis", redis.url]
    worker = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, text=True,
        env=clean_environment(command=command))
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
    assert usage["period"] == f"{month(redis)}-01", "by its first day"
    event, usages = first(f"/events?accounts={account},nobody")
    assert event == "event: accounts"
    assert [(usage["account"], usage["used"]) for usage in usages] == [(account, 2), ("nobody", 0)]
