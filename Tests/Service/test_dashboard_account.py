"""One account's page in the dashboard: its contacts, its downloads, its earlier months, and what is shown as text."""

import csv
import io
import json
import re
import subprocess
import time

import pytest
import requests
from playwright.sync_api import expect

from browser import HOSTILE, activate, ask_for_plan, is_live, is_unharmed, month
from service import make_key, run


def ask_about(page, contact):
    """Asks whether a contact was counted; where the answer stands."""
    page.get_by_label("Contact id").fill(contact)
    page.get_by_role("button", name="Check").click()
    return page.locator(".answer")


def test_was_this_contact_counted(page, redis, account):
    activate(redis, account, ["ann"])
    page.goto(f"/accounts/{account}")
    expect(ask_about(page, "ann")).to_have_class(re.compile("answer-counted"))
    expect(page.locator(".answer")).to_contain_text("ann")
    expect(ask_about(page, "bob")).to_have_class(re.compile("answer-notCounted"))
    expect(page.get_by_text("It would count when an automation next touches it.")).to_be_visible()
    # 256 characters fit into the field, but not into 256 bytes.
    expect(ask_about(page, "é" * 200)).to_have_class(re.compile("answer-invalid"))
    expect(page.locator(".answer")).to_contain_text("400 bytes")
    assert page.request.get(f"/accounts/{account}?contact=a%00b").status == 200


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_hostile_is_shown_as_text(somebody, service, redis, account, text):
    """As a contact that is asked about, as a search, and as the name of a key, which stands on every page."""
    activate(redis, account, [text])
    page = somebody().sign_in(make_key(redis, name=text))
    attributes = "element => element.getAttributeNames().sort().join()"

    def looks_unharmed():
        expect(page.locator(".who-name")).to_have_text(text)
        is_unharmed(page)

    looks_unharmed()
    plain = page.locator("#q").evaluate(attributes)
    page.get_by_role("searchbox").fill(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=2)).to_have_text(f"No account matches “{text}”")
    expect(page.get_by_role("searchbox")).to_have_value(text)
    assert page.locator("#q").evaluate(attributes) == plain
    looks_unharmed()
    page.goto(f"/accounts/{account}")
    plain = page.locator("#contact-id").evaluate(attributes)
    expect(ask_about(page, text)).to_have_class(re.compile("answer-counted"))
    expect(page.locator(".answer .contact-id")).to_have_text(text)
    expect(page.get_by_label("Contact id")).to_have_value(text)
    assert page.locator("#contact-id").evaluate(attributes) == plain
    ask_for_plan(page, limit="321")
    page.get_by_role("button", name="Change plan").click()
    expect(page.locator(".audit li")).to_contain_text(text)
    looks_unharmed()
    assert page.goto(f"/accounts/{requests.utils.quote(text, safe='')}").status == 422
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    looks_unharmed()


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
    redis.feed([
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
    expect(ask_about(page, "eve")).to_have_class(re.compile("answer-counted"))
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
        done = subprocess.run(
            ["sh", "-c", line], input=f"{redis.password}\n", capture_output=True, text=True, timeout=10)
        assert done.returncode == 0 and "ERR" not in done.stdout and "WRONGTYPE" not in done.stdout, (line, done)
        answers[line] = done.stdout.strip()
    members = f"hc:{{{account}}}:{month(redis)}'"
    assert [answer for line, answer in answers.items() if "SCARD" in line and members in line] == ["3"]
    assert any("50" in answer.split() for line, answer in answers.items() if "HGETALL" in line and ":plan" in line)
