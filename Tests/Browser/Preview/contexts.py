"""Writes the example contexts of the dashboard's templates: the contract between them and the server.

    python3 Tests/Browser/Preview/contexts.py DIRECTORY

Absent values are null, never "". Widths and x are percentages, y and heights are pixels. `state` is ok, near, full, over
or unlimited; `series` is campaign, scenario, aiAgent or other. Templates need the content type SCALAR_HTML, which escapes
& < > " ' by Unicode scalar: swift-mustache's own compares characters and lets `"` with a combining mark through.
"""
import json, math, os, random, copy, sys
from urllib.parse import quote
OUT = sys.argv[1]
os.makedirs(f"{OUT}/variants", exist_ok=True)
c = lambda n: f"{n:,}"

def shared(title, path="/", scope="admin", overview=False):
    return {
        "pageTitle": title, "assetVersion": "1", "version": "0.4.0",
        "session": {
            "keyName": "ops laptop", "scopeText": scope, "csrf": "s3cr3t-csrf", "homeHref": "/",
            "navigation": [{"text": "Accounts", "href": "/", "isCurrent": overview}],
        },
        "renderedText": "24 November 2026, 08:42 UTC",
    }

def usage(used, limit, held=0):
    if limit is None:
        return dict(state="unlimited", stateText="no limit", usedText=c(used), limitText="no limit",
                    remainingText="counts only", percentText="", fillWidth="0%", limitMark="100%")
    pct = used * 100 // limit if limit else 100
    state = "over" if used > limit else "full" if used >= limit else "near" if pct >= 80 else "ok"
    text = {"over": f"{c(used - limit)} over the limit", "full": "at the limit", "near": "near the limit", "ok": ""}[state]
    left = max(0, limit - used - held)
    return dict(state=state, stateText=text, usedText=c(used), limitText=c(limit),
                remainingText=f"{c(left)} left" if left else "none left", percentText=f"{pct} %",
                fillWidth=f"{min(100, used * 100 / limit if limit else 100):.2f}%",
                limitMark=f"{limit * 100 / used:.2f}%" if used > limit else "100%")

LONG = "brand:" + "very-long-account-name_" * 5 + "x@y.io"
LONG = (LONG + "0" * 128)[:128]
EVIL = "<script>alert(1)</script>"

def row(account, used, limit, plan="pro", mode="hard"):
    u = usage(used, limit)
    u.pop("remainingText")
    return dict(account=account, accountHref="/accounts/" + quote(account, safe=":@"), periodName="2026-11", **u,
                plan=plan, mode=mode, resetsText="1 Dec", resetsAt="2026-11-30T23:00:00Z",
                resetsTitle="1 December 2026, 00:00, Europe/Paris")

def overview(rows, query="", total=None):
    ctx = shared("Accounts", overview=True)
    total = len(rows) if total is None else total
    ctx.update(
        figures=[dict(name="active", label="Active in November", valueText="100,000" if rows else "0"),
                 dict(name="full", label="At the limit", valueText="212" if rows else "0"),
                 dict(name="near", label="Above 80 %", valueText="1,408" if rows else "0")],
        query=query, isSearch=bool(query), hasAccounts=bool(rows), accounts=rows,
        rangeText=f"1–{len(rows)} of {c(total)}", pageText="Page 1 of 2,000",
        previousHref=None, nextHref="/?page=2" if total > len(rows) else None, liveHref="/events",
        emptyTitle="No account has activated a contact yet" if not query else f"No account matches “{query}”",
        emptyText="Accounts appear here as soon as a campaign, a scenario or an AI agent touches a contact." if not query
        else "Type the beginning of an account’s id. An account appears once it has activated a contact.",
        emptyCommand=None if query else "headcount activate acct_42 --by campaign:spring 17841400008460056")
    return ctx

KINDS = [("campaign", "Campaigns"), ("scenario", "Scenarios"), ("aiAgent", "AI agents"), ("other", "Other")]

def short(n):
    """For axes: at most five characters or so."""
    for unit, size in (("M", 10 ** 6), ("k", 10 ** 3)):
        if n >= 10_000 and n >= size: return f"{n / size:.1f}".removesuffix(".0") + unit
    return c(n)

def ticks_for(top):
    if top <= 0: return [0]
    raw = top / 2
    mag = 10 ** math.floor(math.log10(raw)) if raw >= 1 else 1
    step = max(1, int(next(m for m in (1, 2, 2.5, 5, 10) if m * mag >= raw) * mag))
    return [0, step, 2 * step] if 2 * step <= top * 1.3 else [0, step]

def daily(counts, limit, days=30, period="November 2026", has_other=None):
    """counts: list of (campaign, scenario, aiAgent, other, refused) from day 1 on."""
    kinds = KINDS if (has_other if has_other is not None else any(r[3] for r in counts)) else KINDS[:3]
    A_TOP, A_BASE, B_TOP, B_BASE, H = 30, 160, 206, 306, 330
    totals = [sum(r[:4]) for r in counts]
    cumulative, s = [], 0
    for t in totals: s += t; cumulative.append(s)
    ctx = dict(hasCounts=s > 0, hasRows=bool(counts), nothingText=f"Nothing was counted in {period} so far.",
               summary="", height=H, cumulativeTitleY=14, barsTitleY=190, cumulativeY=A_TOP, cumulativeHeight=A_BASE - A_TOP,
               dayLabelY=324, legend=[], ticks=[], days=[], dayLabels=[], cumulativeLine="", cumulativeArea="",
               cumulativeEndX="0%", cumulativeEndY=A_BASE, limitLine=None, columns=[], rows=[])
    ctx["columns"] = [k[1] for k in kinds] + ["New", "In total", "Refused"]
    for i, r in enumerate(counts):
        ctx["rows"].append(dict(dayText=f"{i + 1} November", cells=[c(r[[k[0] for k in KINDS].index(k[0])]) for k in kinds] + [c(totals[i]), c(cumulative[i]), c(r[4])]))
    if not s: return ctx
    topA = max(s, limit or 0) * 1.06
    ya = lambda v: round(A_BASE - v * (A_BASE - A_TOP) / topA, 2)
    topB = max(totals)
    tB = ticks_for(topB); topB = max(topB, tB[-1])
    yb = lambda v: round(B_BASE - v * (B_BASE - B_TOP) / topB, 2)
    slot = 100 / days
    ctx["legend"] = [dict(series=k, text=t, totalText=c(sum(r[[q[0] for q in KINDS].index(k)] for r in counts))) for k, t in kinds]
    ctx["ticks"] = [dict(text=short(v), y=ya(v), textY=ya(v) + 4, isBase=v == 0) for v in ticks_for(max(s, limit or 0)) if v <= topA] + \
                   [dict(text=short(v), y=yb(v), textY=yb(v) + 4, isBase=v == 0) for v in tB]
    names = dict(campaign="campaigns", scenario="scenarios", aiAgent="AI agents", other="other")
    for i, r in enumerate(counts):
        v, bars = 0, []
        for j, (k, _) in enumerate(KINDS):
            if not r[j]: continue
            y0, y1 = yb(v), yb(v + r[j]); v += r[j]
            edged = k in ("aiAgent", "other")
            w = slot * .68
            bars.append(dict(series=k, x=f"{i * slot + slot * .16:.3f}%", y=round(y1 + (1 if True else 0), 2), width=f"{w:.3f}%", height=round(max(.75, y0 - y1 - 1), 2)))
        ctx["days"].append(dict(x=f"{i * slot:.3f}%", width=f"{slot:.3f}%", hitY=A_TOP, hitHeight=B_BASE - A_TOP, isReadByDefault=i == len(counts) - 1,
            bars=bars, readText=f"{i + 1} November: {c(totals[i])} new",
            readDetail=f" · {c(cumulative[i])} in total · " + ", ".join(f"{c(r[j])} {names[k]}" for j, (k, _) in enumerate(KINDS) if r[j]) if totals[i] else f" · {c(cumulative[i])} in total"))
    pts = [(0, A_BASE - A_TOP)] + [((i + 1) * slot, ya(v) - A_TOP) for i, v in enumerate(cumulative)]
    line = "M" + " L".join(f"{x:.3f} {y:.2f}" for x, y in pts)
    ctx["cumulativeLine"] = line
    ctx["cumulativeArea"] = line + f" L{pts[-1][0]:.3f} {A_BASE - A_TOP} Z"
    ctx["cumulativeEndX"] = f"{len(counts) * slot:.3f}%"; ctx["cumulativeEndY"] = ya(s)
    ctx["limitLine"] = dict(y=ya(limit), textY=ya(limit) - 6, text=f"limit {c(limit)}") if limit is not None else None
    ctx["dayLabels"] = [dict(x=f"{(d - .5) * slot:.3f}%", text=str(d)) for d in (1, 8, 15, 22, 29)]
    ctx["summary"] = f"{c(s)} contacts counted in {len(counts)} days, {c(max(totals))} at most on one day" + (f", limit {c(limit)}" if limit else "") + ". The table below has all numbers."
    return ctx

MONTHS = ["Dec", "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov"]
FULL = dict(Dec="December 2025", Jan="January 2026", Feb="February 2026", Mar="March 2026", Apr="April 2026", May="May 2026", Jun="June 2026",
            Jul="July 2026", Aug="August 2026", Sep="September 2026", Oct="October 2026", Nov="November 2026")

def history(values, href):
    H, TOP, BASE = 132, 22, 132
    top = max(values) or 1
    months, rows = [], []
    for i, (m, v) in enumerate(zip(MONTHS, values)):
        name = ("2025-12" if m == "Dec" else f"2026-{i:02d}")
        h = round(v * (BASE - TOP) / top, 2)
        months.append(dict(href=f"{href}?period={name}", title=f"{FULL[m]}: {c(v)} contacts counted", monthText=m, valueText=short(v) if v >= 10 ** 6 else c(v), valueY=round(BASE - h - 7, 2),
                           y=round(BASE - h, 2), height=h, isSelected=i == 11))
        rows.append(dict(href=f"{href}?period={name}", periodText=FULL[m], cells=[c(v), c(v // 2), c(v // 3), c(v - v // 2 - v // 3), "about 12" if v else "0"]))
    return dict(chartHeight=H, months=months, columns=["Counted", "Campaigns", "Scenarios", "AI agents", "Not reached"], rows=rows[::-1])

def account(name="acct_42", counts=(), limit=1000, plan="pro", mode="hard", refused=0, hist=None, admin=True, contact=None, answer=None, changes=True, current=True):
    href = "/accounts/" + quote(name, safe=":@")
    used = sum(sum(r[:4]) for r in counts)
    ctx = shared(name, scope="admin" if admin else "read")
    u = usage(used, None if mode == "unlimited" else limit)
    u["label"] = "Contacts counted in November 2026"
    pretty = {"hard": "new contacts are refused at the limit", "soft": "new contacts go on past the limit", "unlimited": "no limit applies"}
    ctx.update(
        notice=None, account=name, accountHref=href, periodName="2026-11", periodText="November 2026", periodRangeText="1 to 30 November",
        previousPeriod=dict(href=f"{href}?period=2026-10", text="October 2026"), nextPeriod=None,
        liveHref=f"{href}/events" if current else None, usage=u,
        facts=[dict(label="Resets", valueText="1 December 2026, 00:00", noteText="Europe/Paris, in 6 days", liveKey=None),
               dict(label="Plan", valueText=plan, noteText=None if mode == "unlimited" else f"{c(limit)} contacts a month", liveKey=None),
               dict(label="Mode", valueText=mode, noteText=pretty[mode], liveKey=None),
               dict(label="Not reached", valueText=f"about {c(refused)} contacts" if refused else "none", noteText="refused by the limit" if refused else None, liveKey="refusedText")],
        pendingText="Changes on 1 December 2026 to free, 100 contacts a month, hard." if changes else None,
        daily=daily(list(counts), None if mode == "unlimited" else limit),
        contactQuery=contact or "", contactAnswer=answer,
        history=history(hist or [0] * 11 + [used], href),
        planForm=None, hasPlanChanges=changes, planChanges=[], downloads=[], redisSummary="7 keys, with lines for redis-cli", redisKeys=[], planProblem=None)
    if admin:
        ctx["planForm"] = dict(
            plans=[dict(value="free", text="free, 100 contacts", isSelected=plan == "free"), dict(value="pro", text="pro, 1,000 contacts", isSelected=plan == "pro")],
            limitValue="", limitPlaceholder=c(limit), limitHint=f"Leave the number empty to keep {c(limit)}, or to take a new plan’s own.",
            tiers=[dict(value=str(t), text=f"{c(t)} contacts") for t in (100, 1000, 2500, 5000, 10000, 25000, 50000, 100000)],
            modes=[dict(value="hard", text="refuse new contacts", isSelected=mode == "hard"), dict(value="soft", text="go on, marked as over", isSelected=mode == "soft"), dict(value="unlimited", text="no limit, only count", isSelected=mode == "unlimited")],
            effects=[dict(value="now", text="now", isSelected=True), dict(value="period-end", text="1 December 2026", isSelected=False)])
    if changes:
        ctx["planChanges"] = [
            dict(at="2026-11-20T14:03:00Z", atText="20 November 2026, 15:03", who="ops laptop", values=[dict(name="plan", fromText="pro", toText="free"), dict(name="limit", fromText="1,000", toText="100")], effectiveText="holds from 1 December 2026"),
            dict(at="2026-11-03T09:12:00Z", atText="3 November 2026, 10:12", who="ops@example.com", values=[dict(name="plan", fromText="free", toText="pro"), dict(name="limit", fromText="100", toText="1,000")], effectiveText=None)]
    ctx["downloads"] = [dict(text=t, csvHref=f"{href}/{n}.csv?period=2026-11", jsonHref=f"{href}/{n}.json?period=2026-11") for t, n in (("Members", "members"), ("Daily numbers", "daily"))]
    k = f"hc:{{{name}}}:2026-11"
    ctx["redisKeys"] = [
        dict(holds="Contacts activated in the period", type="set", stateText="expires 14 January 2027", commands=[dict(line=f"redis-cli SCARD '{k}'"), dict(line=f"redis-cli SISMEMBER '{k}' CONTACT"), dict(line=f"redis-cli SSCAN '{k}' 0 COUNT 20")]),
        dict(holds="The daily numbers", type="hash", stateText="expires 4 January 2028", commands=[dict(line=f"redis-cli HGETALL '{k}:stats'")]),
        dict(holds="About how many distinct contacts were refused", type="string", stateText="not there yet", commands=[dict(line=f"redis-cli PFCOUNT '{k}:refused'")]),
        dict(holds="Plan, limit, mode, zone, start day", type="hash", stateText="stays", commands=[dict(line=f"redis-cli HGETALL 'hc:{{{name}}}:plan'")])]
    return ctx

rnd = random.Random(7)
def series(n, scale, other=False):
    out = []
    for d in range(n):
        f = (1.6 if d in (4, 11, 18) else .25 if d % 7 in (5, 6) else .8) * scale
        out.append((int(f * rnd.uniform(.4, 1.1)), int(f * rnd.uniform(.25, .6)), int(f * rnd.uniform(.1, .4)), int(f * .1) if other else 0, int(f * rnd.uniform(0, .3)) if d > 18 else 0))
    return out

docs = {}
rows = [row("nova-studio", 1182, 1000, mode="soft"), row("acct_42", 1000, 1000), row("brand:berlin@shop", 100, 100, plan="free"), row("atelier.lune", 97, 100, plan="free"),
        row("kiosk_17", 2290, 2500), row("maison-verte", 4150, 5000), row("acct_108", 812, 1000), row("acct_7", 76, 100, plan="free"), row("sunrise-yoga", 640, 1000),
        row("acct_2001", 10412, 25000), row("house.agency", 48210, None, mode="unlimited"), row("acct_9", 0, 100, plan="free")]
docs["overview"] = overview(rows, total=100000)
longrows = copy.deepcopy(rows); longrows.insert(1, row(LONG, 1000000000, 1000000000, plan="a-plan-name-of-thirty-two-chars_")); longrows.insert(2, row(EVIL, 90, 100))
docs["variants/overview-long"] = overview(longrows, total=14)
docs["variants/overview-empty"] = overview([])
docs["variants/overview-none-found"] = overview([], query=EVIL)
full = series(24, 34, True)
docs["account"] = account(counts=full, limit=1500, refused=0, hist=[180, 240, 90, 310, 420, 388, 512, 640, 702, 810, 988, sum(sum(r[:4]) for r in full)],
    contact="17841400008460056", answer=dict(contact="17841400008460056", answer="counted", text="Counted in November 2026.", explanation="It costs nothing more until 1 December 2026."))
at = series(24, 40); n = sum(sum(r[:4]) for r in at)
docs["variants/account-over"] = account(counts=at, limit=n - 182, mode="soft", refused=412, hist=[0, 0, 0, 0, 120, 420, 512, 640, 702, 810, 1188, n], contact=EVIL + "é" * 110,
    answer=dict(contact=EVIL + "é" * 110, answer="notCounted", text="Not counted in November 2026.", explanation="It would count when an automation next touches it."))
docs["variants/account-full"] = account(counts=at, limit=n, refused=412, admin=False)
docs["variants/account-one-day"] = account(counts=[(31, 12, 5, 0, 0)], limit=100, plan="free", changes=False)
docs["variants/account-empty"] = account(counts=[], limit=100, plan="free", changes=False)
big = [tuple(x * 9000 for x in r) for r in series(30, 30)]
docs["variants/account-unlimited-long"] = account(LONG, counts=big, limit=1000, mode="unlimited", hist=[100000 * i for i in range(12)])
huge = account(LONG, counts=big, limit=1000000000); docs["variants/account-huge"] = huge
docs["confirm-plan"] = dict(shared("Change the plan of acct_42"), account="acct_42", accountHref="/accounts/acct_42",
    changes=[dict(name="Plan", fromText="free", toText="pro", isChanged=True), dict(name="Contacts a month", fromText="100", toText="2,500", isChanged=True), dict(name="At the limit", fromText="refuse new contacts", toText="refuse new contacts", isChanged=False)],
    effectText="Takes effect now, from the next call on every node. The count is kept.", outcomeText="100 contacts are counted, so 2,400 more can be until 1 December 2026.", warning=None,
    fields=[dict(name="plan", value="pro"), dict(name="limit", value="2500"), dict(name="mode", value="hard"), dict(name="effect", value="now")])
warn = copy.deepcopy(docs["confirm-plan"]); warn.update(warning="100 contacts are counted already, more than the new limit of 50. They go on; no new contact is reached until 1 December 2026.", account=LONG); docs["variants/confirm-plan-warning"] = warn
docs["error"] = dict(shared("Redis does not answer"), statusCode="503", title="Redis does not answer", advice="Nothing was counted or refused. The numbers come back by themselves as soon as Redis does; docs/operations.md says what to look at.",
    requestId="3f6c1f0e9b8d4c72", actions=[dict(text="Try again", href="/accounts/acct_42", isPrimary=True), dict(text="Accounts", href="/", isPrimary=False)])
docs["sign-in"] = dict(pageTitle="Sign in", assetVersion="1", version="0.4.0", session=None, renderedText=None, csrf="s3cr3t-csrf", next="/accounts/acct_42?period=2026-11", problem=None)
docs["variants/sign-in-problem"] = dict(docs["sign-in"], problem="This key is not known, has expired or was revoked.")
for name, doc in docs.items():
    with open(f"{OUT}/{name}.json", "w") as f: json.dump(doc, f, indent=2, ensure_ascii=False); f.write("\n")
