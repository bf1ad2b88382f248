"""The pictures of the dashboard that the README shows."""

import random
import zoneinfo

from playwright.sync_api import expect

from browser import clock, is_live, month, saved, screenshot_directory
from service import make_key, run

BOUTIQUE = "bella_boutique"
SCREENSHOTS = screenshot_directory()


def furnish_for_pictures(redis):
    """Accounts as a company might have them, their numbers spread over the month's days so far."""
    chooser = random.Random(4)
    now = clock(redis, zoneinfo.ZoneInfo("Europe/Paris"))
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
    redis.feed(lines)
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
