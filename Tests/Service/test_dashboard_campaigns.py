"""An account's campaigns in the dashboard: how far they are while workers send them, what the limit holds back, their
buttons, and their reports."""

import csv
import io
import re

import pytest
import requests
from playwright.sync_api import expect

from action_server import DROP
from browser import HOSTILE, Visitor, activate, ask_for_plan, forged, is_unharmed
from campaigns import Campaign, planted, set_plan, usage
from service import eventually, make_key, run

PEOPLE = [f"contact-{number}" for number in range(40)]
NOBODY = "http://127.0.0.1:1/send"
ONE_AT_A_TIME = ["--concurrency", "1", "--action-timeout", "120"]
"""Of a worker: while an answer is held back, everybody before it has an outcome."""
SOON = 30_000
"""A worker has to take it up, and the page to look again."""


def shown(page, id="spring"):
    return page.locator(f"#campaign-{id}")


def report_link(item, id="spring"):
    return item.get_by_role("link", name=re.compile(f"^Report as CSV ?, {id}$"))


def numbers(item):
    """What the list says of the outcomes, at one moment."""
    return item.evaluate("""item => Object.fromEntries(
        [...item.querySelectorAll(".campaign-numbers div")].map(row => [...row.children].map(cell => cell.textContent))
    )""")


def test_its_progress_moves_while_a_worker_sends_it(page, redis, account, action, start_worker):
    activate(redis, account, PEOPLE[:2])

    def answer(request):
        # Whoever comes after these is answered once the page was seen.
        if len(server.requests) in (10, 25):
            server.hold()
        return 200

    server = action(answer)
    Campaign(redis, account, PEOPLE, server.url)
    page.goto(f"/accounts/{account}")
    item = shown(page)
    sent, percent = item.locator(".campaign-sent"), item.locator(".campaign-percent")
    expect(sent).to_have_text("0 of 40 sent")
    page.evaluate("window.isTheSame = true")
    item.get_by_role("button", name="Pause spring").focus()
    start_worker(*ONE_AT_A_TIME)
    for so_far, share in [(10, "25 %"), (25, "62 %")]:
        expect(sent).to_have_text(f"{so_far} of 40 sent", timeout=SOON)
        expect(percent).to_have_text(share)
        expect(item.locator(".campaign-state")).to_have_text("running")
        assert numbers(item)["Newly counted"] == str(so_far - 2)
        expect(item.get_by_role("button", name="Pause spring")).to_be_focused(), "the keyboard stays where it is"
        server.release()
    expect(sent).to_have_text("40 of 40 sent", timeout=SOON)
    expect(item.locator(".meter-fill")).to_have_attribute("width", re.compile(r"^100(\.0*)?%$"))
    expect(item).to_have_attribute("data-state", "finished", timeout=SOON)
    assert numbers(item) == {
        "Newly counted": "38", "Already counted": "2", "Parked": "0", "Failed": "0", "Skipped": "0", "Unknown": "0"}
    expect(item.get_by_role("button")).to_have_count(0)
    assert page.evaluate("window.isTheSame"), "nobody has loaded the page again"
    expect(page.locator(".hero .used")).to_have_text("40")


def test_it_is_looked_at_every_two_seconds_while_one_moves(page, redis, account):
    """Less often while that fails, and no more when all have come to rest."""
    redis.feed(planted(account, "spring", total=10))
    path = f"**/accounts/{account}/campaigns"
    page.clock.install(time=0)
    page.clock.pause_at(1_000)
    page.goto(f"/accounts/{account}")
    asked = []
    page.on("request", lambda request: request.url.endswith("/campaigns") and asked.append(request.url))

    def has_asked(times):
        # A request that comes after those of the page's own.
        assert page.evaluate("fetch('/healthz').then(answer => answer.status)") == 200
        assert len(asked) == times

    def passes(seconds, asks, sent):
        """Time; how often the page has asked since the beginning, and what it shows."""
        page.clock.fast_forward(seconds * 1_000)
        has_asked(asks)
        expect(shown(page).locator(".campaign-sent")).to_have_text(f"{sent} of 10 sent")

    page.route(path, lambda route: route.fulfill(status=503))
    with page.expect_response(path):
        passes(2, 1, 0)
    has_asked(1)
    page.unroute(path)
    redis.cli("HSET", f"hc:{{{account}}}:campaign:spring", "newlyCounted", 4)
    passes(2, 1, 0)
    passes(2, 2, 4)
    redis.cli("HSET", f"hc:{{{account}}}:campaign:spring", "newlyCounted", 10, "state", "finished")
    passes(2, 3, 10)
    passes(3_600, 3, 10)


def test_who_the_limit_holds_back_is_sent_to_after_an_upgrade(page, redis, account, action, start_worker):
    set_plan(redis, account, limit=10)
    server = action()
    Campaign(redis, account, PEOPLE, server.url)
    start_worker()
    page.goto(f"/accounts/{account}")
    item = shown(page)
    banner = item.locator(".campaign-limit")
    expect(banner).to_contain_text("30 contacts not reached: limit", timeout=SOON)
    set_plan(redis, account, limit=39)
    expect(banner).to_contain_text("1 contact not reached: limit", timeout=SOON)
    assert numbers(item)["Newly counted"] == "39" and numbers(item)["Parked"] == "1"
    expect(item).to_have_attribute("data-state", "running")
    # With the banner came new forms: they ask as well.
    item.get_by_role("button", name="Cancel spring").click()
    page.get_by_role("dialog").get_by_role("link", name="Keep it").click()
    item.get_by_role("button", name="Pause spring").click()
    expect(item).to_have_attribute("data-state", "paused")
    banner.get_by_role("button", name="Resume spring").click()
    expect(item).to_have_attribute("data-state", "running")
    expect(banner.get_by_role("button")).to_have_count(0)

    banner.get_by_role("link", name="Upgrade the plan").click()
    expect(page).to_have_url(re.compile(f"/accounts/{account}#plan$"))
    expect(page.get_by_role("heading", name="Change the plan")).to_be_in_viewport()
    ask_for_plan(page, plan="pro", limit="1000")
    page.get_by_role("dialog").get_by_role("button", name="Change plan").click()
    expect(page.get_by_role("status").filter(has_text="The plan was changed.")).to_be_visible()
    expect(item.locator(".campaign-sent")).to_have_text("40 of 40 sent", timeout=SOON)
    expect(item).to_have_attribute("data-state", "finished", timeout=SOON)
    expect(banner).to_have_count(0)
    assert sorted(server.contacts) == sorted(PEOPLE), "once each"
    assert usage(redis, account)["used"] == 40


@pytest.mark.parametrize("has_script", [True, False])
def test_pausing_resuming_and_cancelling(somebody, redis, admin_key, account, action, start_worker, has_script):
    server = action()
    server.hold()
    campaign = Campaign(redis, account, PEOPLE, server.url)
    start_worker(*ONE_AT_A_TIME)
    assert eventually(lambda: server.under_way == 1, within=30)
    page = somebody(java_script_enabled=has_script).sign_in(admin_key, f"/accounts/{account}")
    item = shown(page)

    item.get_by_role("button", name="Pause spring").click()
    expect(item).to_have_attribute("data-state", "paused")
    assert page.url.endswith(f"/accounts/{account}#campaigns")
    server.release()
    campaign.becomes(state="paused", sending=0, sent=1, waiting=39)
    expect(item.get_by_role("button", name="Pause spring")).to_have_count(0)

    server.hold()
    item.get_by_role("button", name="Resume spring").click()
    expect(item).to_have_attribute("data-state", "running")
    expect(item.locator(".campaign-sent")).to_have_text("1 of 40 sent")
    campaign.becomes(state="running", sending=1)

    def asks():
        item.get_by_role("button", name="Cancel spring").click()
        if not has_script:
            expect(page.get_by_role("heading", level=1)).to_have_text("Cancel this campaign?")
            return page.locator("[data-confirmation]")
        dialog = page.get_by_role("dialog", name="Cancel this campaign?")
        expect(dialog).to_be_visible()
        expect(dialog.get_by_role("link", name="Keep it")).to_be_focused()
        return dialog

    question = asks()
    expect(question.locator(".confirm-subject")).to_have_text("spring")
    expect(question).to_contain_text("1 of 40 contacts were sent it. Those who wait are skipped, 38 as of now")
    expect(question).to_contain_text("can’t be resumed")
    question.get_by_role("link", name="Keep it").click()
    expect(question).to_be_hidden()
    assert page.url.endswith(f"/accounts/{account}#campaigns")
    assert campaign.status["state"] == "running"
    if has_script:
        asks()
        page.keyboard.press("Escape")
        expect(question).to_be_hidden()
        expect(item.get_by_role("button", name="Cancel spring")).to_be_focused()
        assert campaign.status["state"] == "running"

    asks().get_by_role("button", name="Cancel the campaign").click()
    expect(item).to_have_attribute("data-state", "cancelled")
    expect(page.locator("[data-live-campaigns]")).to_have_count(0)
    server.release()
    campaign.becomes(state="cancelled", sent=2, skipped=38)
    page.reload()
    assert (numbers(item)["Newly counted"], numbers(item)["Skipped"]) == ("2", "38")
    expect(item.get_by_role("button")).to_have_count(0)
    expect(report_link(item)).to_be_visible()
    assert len(server.requests) == 2


def test_its_report(page, redis, account, action, start_worker):
    account = f"brand:{account}"
    answers = {"bob": 400, "cleo": DROP}
    people = ["ann", "bob", "cleo", 'with "quotes", and commas', "=1+1", "ünïcode 😀 עברית", "late"]
    # bob gives his slot back, and cleo keeps hers.
    set_plan(redis, account, limit=5)
    server = action(lambda request: answers.get(request.contact, 200))
    campaign = Campaign(redis, account, people, server.url)
    start_worker(*ONE_AT_A_TIME)
    campaign.becomes(waiting=0, sending=0, sent=4, failed=1, unknown=1, parked=1)
    page.goto(f"/accounts/{account}")
    link = report_link(page)
    with page.expect_download() as started:
        link.click()
    assert started.value.suggested_filename == f"{account}-campaign-spring.csv".replace(":", "_")
    answer = page.request.get(link.get_attribute("href"))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    with open(started.value.path(), encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["contact", "outcome", "reason", "attempts", "at"]
    expected = [
        [line["contact"], line["outcome"], line["reason"], str(line["attempts"]), line["at"] or ""]
        for line in campaign.report.values()]
    assert sorted(rows) == sorted(expected)
    assert {row[0]: row[1] for row in rows} == {
        who: {"bob": "failed", "cleo": "unknown", "late": "parked"}.get(who, "sent") for who in people}
    assert sorted(csv.reader(io.StringIO(answer.text(), newline=""))) == sorted([head, *rows])


def test_an_account_without_campaigns_and_one_with_many(page, redis, account):
    page.goto(f"/accounts/{account}")
    section = page.locator("#campaigns")
    expect(section).to_contain_text("No campaigns yet.")
    expect(section.locator("code")).to_have_text(re.compile(f"^headcount campaign start {account} --id spring "))
    for number in range(1, 22):
        redis.feed(planted(account, f"number-{number}", created=number, state="finished", total=1_234, failed=1_234))
        if number == 20:
            page.reload()
            expect(section.locator(".campaign")).to_have_count(20)
            expect(section.locator("code")).to_have_count(0)
    page.reload()
    ids = section.locator(".campaign-id").all_inner_texts()
    assert ids == [f"number-{number}" for number in range(21, 1, -1)], "newest first"
    expect(section.locator("code")).to_have_text(f"headcount campaign list {account}")
    assert numbers(shown(page, "number-2"))["Failed"] == "1,234"
    expect(shown(page, "number-2").locator(".campaign-sent")).to_have_text("0 of 1,234 sent")


def test_who_may_only_read_sees_campaigns_and_moves_none(somebody, service, redis, admin_key, account):
    redis.feed(planted(account, "spring", total=10, newlyCounted=3) + [
        f"ZADD hc:{{{account}}}:campaign:spring:parked 1 ann 2 bob"])
    campaign = Campaign.known(redis, account)
    path = f"/accounts/{account}/campaigns"
    reader = make_key(redis, scope="read", name="reader")
    page = somebody().sign_in(reader, f"/accounts/{account}")
    item = shown(page)
    expect(item.locator(".campaign-limit")).to_have_text("2 contacts not reached: limit")
    expect(page.locator("#campaigns").get_by_role("button")).to_have_count(0)
    expect(page.locator("#campaigns form")).to_have_count(0)
    expect(page.get_by_role("link", name="Upgrade the plan")).to_have_count(0)
    with page.expect_download() as started:
        report_link(item).click()
    assert started.value.suggested_filename == f"{account}-campaign-spring.csv"
    # The section alone has no more than the page.
    assert "<form" not in page.request.get(path).text()

    elsewhere = make_key(redis, account=f"{account}-other")
    for visitor, home in [(Visitor(service, reader), "/"), (Visitor(service, elsewhere), f"/accounts/{account}-other")]:
        form = {"csrf": visitor.csrf(home), "confirmed": "yes"}
        for verb in ["pause", "resume", "cancel"]:
            fields = form if verb == "cancel" else {"csrf": form["csrf"]}
            assert visitor.post(f"{path}/spring/{verb}", data=fields).status_code == 403, verb
    for place in [path, f"{path}/spring/report.csv"]:
        assert Visitor(service, elsewhere).get(place).status_code == 403
    assert Visitor(service).get(path).status_code == 401, "what the page fetches is no form to sign in with"
    stranger = Visitor(service).post(f"{path}/spring/pause", data={"csrf": Visitor(service, admin_key).csrf("/")})
    assert (stranger.status_code, stranger.headers["Location"]) == (303, "/sign-in")
    assert campaign.status["state"] == "running"
    assert Visitor(service, admin_key).submit(f"{path}/spring/pause").status_code == 303
    assert campaign.status["state"] == "paused"


def test_forms_from_elsewhere_move_none(service, redis, admin_key, account):
    campaign = Campaign(redis, account, PEOPLE, NOBODY)
    visitor = Visitor(service, admin_key)
    path = f"/accounts/{account}/campaigns/spring"
    for verb, confirmed, state in [
        ("pause", {}, "paused"), ("resume", {}, "running"), ("cancel", {"confirmed": "yes"}, "cancelled"),
    ]:
        before = campaign.status["state"]
        for form in forged(service, redis):
            assert visitor.post(f"{path}/{verb}", data=form | confirmed).status_code == 403
        assert visitor.get(f"{path}/{verb}").status_code == 405, "a link does not either"
        if confirmed:
            for answer in [visitor.submit(f"{path}/{verb}"), visitor.submit(f"{path}/{verb}", confirmed="no")]:
                assert answer.status_code == 200 and "Cancel this campaign?" in answer.text
        assert campaign.status["state"] == before
        answer = visitor.submit(f"{path}/{verb}", **confirmed)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/accounts/{account}#campaigns")
        assert campaign.status["state"] == state


def test_what_can_not_be_done_is_said_on_a_page(page, service, redis, admin_key, account):
    redis.feed(planted(account, "spring", state="finished") + planted(account, "autumn", state="cancelled"))
    visitor = Visitor(service, admin_key)
    path = f"/accounts/{account}/campaigns"
    for verb, fields in [("pause", {}), ("resume", {}), ("cancel", {"confirmed": "yes"}), ("cancel", {})]:
        assert visitor.submit(f"{path}/summer/{verb}", **fields).status_code == 404, verb
        assert visitor.submit(f"{path}/-spring/{verb}", **fields).status_code == 422, verb
        assert visitor.submit(f"{path}/sp%FFring/{verb}", **fields).status_code == 422, verb
    for verb, fields in [("pause", {}), ("resume", {}), ("cancel", {"confirmed": "yes"})]:
        answer = visitor.submit(f"{path}/spring/{verb}", **fields)
        assert answer.status_code == 409 and "the campaign is finished and can&#39;t be" in answer.text
    assert visitor.submit(f"{path}/autumn/cancel", confirmed="yes").status_code == 303, "that is how it is already"
    assert visitor.submit(f"{path}/autumn/resume").status_code == 409
    for what, status in [("summer", 404), ("-spring", 422)]:
        assert page.goto(f"{path}/{what}/report.csv").status == status
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("link", name="Home")).to_be_visible()

    # Somebody else was faster.
    Campaign(redis, account, PEOPLE, NOBODY, id="winter")
    page.route(f"**{path}", lambda route: route.fulfill(status=503))
    page.goto(f"/accounts/{account}")
    Campaign.known(redis, account, "winter").run("cancel")
    shown(page, "winter").get_by_role("button", name="Pause winter").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Conflict")
    expect(page.locator("main")).to_contain_text("the campaign is cancelled and can't be paused")


def test_what_is_hostile_is_shown_as_text(page, service, redis, admin_key, account):
    """In an address, and should it ever get into Redis, also when the section is fetched again."""
    visitor = Visitor(service, admin_key)
    for text in HOSTILE:
        part = requests.utils.quote(text, safe="")
        path = f"/accounts/{account}/campaigns/{part}"
        answers = [visitor.submit(f"{path}/pause"), visitor.submit(f"{path}/cancel"), visitor.get(f"{path}/report.csv")]
        elsewhere = f"/accounts/{part}/campaigns"
        answers += [visitor.get(elsewhere), visitor.submit(f"{elsewhere}/spring/pause")]
        for answer in answers:
            assert answer.status_code == 422
            assert text not in answer.text and "<img" not in answer.text and "<script>alert" not in answer.text
        page.goto(f"{path}/report.csv")
        expect(page.locator("main")).to_contain_text(f"“{text}”")
        is_unharmed(page)

        redis.cli("ZADD", f"hc:{{{account}}}:campaigns", 1_790_000_000_000, text)
        redis.cli("HSET", f"hc:{{{account}}}:campaign:{text}", "state", "running", "action", text, "total", 10,
                  "created", 1_790_000_000_000, "expires", 1_900_000_000)
    page.goto(f"/accounts/{account}")
    items = page.locator(".campaign")

    def are_shown(sent):
        expect(items.locator(".campaign-sent")).to_have_text([f"{sent} of 10 sent"] * len(HOSTILE))
        assert sorted(items.locator(".campaign-id").all_text_contents()) == sorted(HOSTILE)
        attributes = items.evaluate_all("items => items.map(item => item.getAttributeNames().sort().join())")
        assert attributes == ["class,data-campaign,data-state,id"] * len(HOSTILE)
        is_unharmed(page)

    are_shown(0)
    for text in HOSTILE:
        redis.cli("HSET", f"hc:{{{account}}}:campaign:{text}", "newlyCounted", 5)
    are_shown(5)
    items.nth(0).get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Invalid campaign")
    is_unharmed(page)


def test_in_an_earlier_month_they_are_there_as_well(page, redis, account):
    """Campaigns are the account's, not a month's."""
    campaign = Campaign(redis, account, PEOPLE, NOBODY, "--pause")
    run("activate", account, "--by", "campaign:x", "ann", redis=redis)
    page.goto(f"/accounts/{account}")
    page.get_by_role("link", name="Previous period").click()
    page.get_by_role("button", name="Cancel spring").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel the campaign").click()
    expect(shown(page)).to_have_attribute("data-state", "cancelled")
    assert campaign.status["state"] == "cancelled"
