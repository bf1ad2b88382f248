"""What Prometheus sees: docs/metrics.md is complete and true, and things are counted when they happen."""

import json
import pathlib
import re

from action_server import DROP
from browser import key_id
from metrics import WITH_METRICS, routes, scrape, scrape_worker, used
from reservations import limit, reserve, settle
from service import ROOT, Client, Redis, Service, eventually, make_key, run
from webhooks import GENERIC_SECRET, comes_to, put_scenario, say, set_secrets

VERDICTS = ["reserved", "already_activated", "limit_reached", "not_counted"]
SETTLEMENTS = ["activated", "already_activated", "released", "not_held"]
RESULTS = ["delivered", "retry", "failed", "no_url"]
ATTEMPTS = ["headcount_campaign_attempts_total", "headcount_scenario_attempts_total"]
METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "other"}


def documented():
    """Of docs/metrics.md's tables: each metric with its type and, for each label, the values it may have or None."""
    metrics = {}
    for line in (ROOT / "docs/metrics.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if not re.match(r"\| `[a-z_]+` \|", line):
            continue
        name, kind, labels = cells[0].strip("`"), cells[1], cells[2]
        found = {}
        for label, values in re.findall(r"`([a-z_]+)`(?:: ((?:`[a-z_]+`(?:, (?!`[a-z_]+`:))?)+))?", labels):
            found[label] = set(re.findall(r"`([a-z_]+)`", values)) or None
        metrics[name] = (kind, found)
    return metrics


def test_metrics_are_off_unless_asked_for(redis):
    service = Service(redis.url)
    try:
        assert Client(service).get("/metrics").status_code == 404
    finally:
        service.close()


def test_the_documentation_and_the_scrape_have_the_same_metrics(used):
    table = documented()
    assert len(table) > 15
    assert used.types == {name: kind for name, (kind, _) in table.items()}
    assert {used.family(name) for name, _ in used.samples} == set(table)


def test_a_worker_has_the_same_but_http_and_its_attempts_as_well(start_worker):
    found = scrape_worker(start_worker(*WITH_METRICS))
    table = {name: kind for name, (kind, _) in documented().items()}
    http = {name for name in table
            if name.startswith(("headcount_http_", "headcount_authentication_", "headcount_webhook_"))}
    assert {name: kind for name, kind in found.types.items() if name not in http} == {
        name: kind for name, kind in table.items() if name not in http} | dict.fromkeys(ATTEMPTS, "counter")
    line = next(line for line in (ROOT / "docs/metrics.md").read_text().splitlines()
                if all(f"`{name}`" in line for name in ATTEMPTS))
    for attempts in ATTEMPTS:
        outcomes = {dict(pairs)["outcome"] for name, pairs in found.samples if name == attempts}
        assert outcomes == set(re.findall("`([a-z]+)`", line.split("(")[1].split(")")[0])) - {"outcome"}


def test_labels_and_their_values_are_the_documented_ones(used):
    table = documented()
    bounded = {"route": routes(), "method": METHODS}
    for name, pairs in used.samples:
        labels = dict(pairs)
        if name.endswith("_bucket"):
            assert labels.pop("le")
        allowed = table[used.family(name)][1]
        assert set(labels) == set(allowed), name
        for label, value in labels.items():
            known = allowed[label] or bounded.get(label)
            assert known is None or value in known, f"{name}: {label}={value}"
    # What is bounded is there from the start, at 0, so that a first increase is seen as one.
    for name, (kind, labels) in table.items():
        for label, values in labels.items():
            sample = name + "_count" if kind == "histogram" else name
            there = {dict(pairs)[label] for found, pairs in used.samples if found == sample}
            assert not values or there == values, f"{name}: {label}"


def test_the_documentation_says_what_else_methods_and_routes_may_be():
    text = (ROOT / "docs/metrics.md").read_text()
    assert "`none`" in text, "the route of what matched no pattern"
    assert "`other`" in text, "the method of what is no method of HTTP"


def test_no_label_holds_what_somebody_asked_for(used):
    for leak in ["acct_metrics", "ann", "bob", "welcome", "2026", "no/such", "PROPFIND", "hck_"]:
        assert not re.search(rf'"[^"]*\b{leak}\b[^"]*"', used.text), leak
    name = "headcount_http_requests_total"
    assert used(name, route="none", status="404") == 1
    assert used(name, method="other") == 1
    assert used(name, route="/v1/accounts/{account}/activations", method="POST", status="200") == 1
    assert used(name, route="/v1/accounts/{account}/reservations/{token}/confirm", method="POST", status="200") == 1
    assert used(name, route="/accounts/{account}", method="GET", status="200") == 1
    assert used(name, route="/accounts/{account}/members.csv", status="200") == 1


def test_histograms_add_up_and_have_the_bound_of_the_alert(used):
    series = {}
    for (name, pairs), value in used.samples.items():
        if name.endswith("_bucket"):
            labels = dict(pairs)
            bound = labels.pop("le")
            series.setdefault((name.removesuffix("_bucket"), frozenset(labels.items())), {})[bound] = value
    assert series
    for (name, labels), buckets in series.items():
        counts = [buckets[bound] for bound in sorted(buckets, key=float)]
        assert counts == sorted(counts) and "0.1" in buckets
        assert buckets["+Inf"] == used.samples[(name + "_count", labels)]
        assert (name + "_sum", labels) in used.samples


def test_decisions_are_counted_by_verdict_and_by_contact(service, client, account):
    decisions, calls = "headcount_decisions_total", "headcount_script_duration_seconds_count"
    before = scrape(client)
    client.put(f"/v1/accounts/{account}/plan", json={"limit": 200})
    batch = [f"contact-{number}" for number in range(256)]
    answer = client.post(f"/v1/accounts/{account}/activations", json={"contacts": batch, "by": "campaign:x"})
    assert answer.status_code == 200
    client.activate(account, "contact-0")
    client.activate(account, "contact-1", by="crm")
    after = scrape(client)

    def more(name, **labels):
        return after(name, **labels) - before(name, **labels)

    verdicts = ["activated", "limit_reached", "already_activated", "not_counted"]
    assert [more(decisions, verdict=verdict) for verdict in verdicts] == [200, 56, 1, 1]
    assert 1 <= more(calls, script="activate") <= 3, "a batch is one call, and what Redis is not asked about is none"


def test_reservations_and_what_became_of_them_are_counted(service, client, account):
    reservations, settlements = "headcount_reservations_total", "headcount_settlements_total"
    before = scrape(client)
    limit(client, account, 3)
    client.activate(account, "zoe")
    results = reserve(client, account, ["ann", "bob", "cleo", "zoe"])["results"]
    reserve(client, account, "ann", by="crm")
    ann, bob = (result["token"] for result in results[:2])
    settle(client, account, "confirm", [ann, ann])
    settle(client, account, "release", bob)
    settle(client, account, "release", [bob, bob])
    after = scrape(client)

    def more(name, **labels):
        return after(name, **labels) - before(name, **labels)

    assert {verdict: more(reservations, verdict=verdict) for verdict in VERDICTS} == {
        "reserved": 2, "already_activated": 1, "limit_reached": 1, "not_counted": 1}
    assert {each: more(settlements, settlement=each) for each in SETTLEMENTS} == {
        "activated": 1, "already_activated": 1, "released": 1, "not_held": 2}
    assert more("headcount_decisions_total") == 1, "a reservation is no decision"
    assert more("headcount_script_duration_seconds_count", script="reserve") == 1
    assert more("headcount_script_duration_seconds_count", script="settle") == 3


def test_deliveries_of_notices_are_counted(fresh, action):
    redis, service = fresh()
    answers = [500]
    hook = action(lambda request: answers.pop() if answers else 200)
    with Client(service, make_key(redis)) as client:
        path = "/v1/accounts/acct_1/notices"
        limit(client, "acct_1", 10)
        assert eventually(lambda: [each["status"] for each in client.get(path).json()["notices"]] == ["no_url"])
        assert client.put(path, json={"url": hook.url}).status_code == 200
        limit(client, "acct_1", 20)
        assert eventually(lambda: client.get(path).json()["notices"][0]["status"] == "delivered")
        counted = scrape(client)
    assert {result: counted("headcount_notice_deliveries_total", result=result) for result in RESULTS} == {
        "delivered": 1, "retry": 1, "failed": 0, "no_url": 1}


def test_attempts_of_scenarios_and_their_dead_letters_are_counted(client, account, action, start_worker):
    """By the worker that made them, each time."""
    answers = {"ann": [200], "bob": [400, 400], "cleo": [DROP], "dora": [503, 200]}
    server = action(lambda request: answers[request.contact].pop(0))
    worker = start_worker(*WITH_METRICS)
    set_secrets(client, account, GENERIC_SECRET)
    put_scenario(client, account, server.url)
    for contact in list(answers):
        say(client, account, contact)
    assert comes_to(client, account, finished=2, failed=1, unknown=1)
    for letter in client.get(f"/v1/accounts/{account}/dead-letters").json()["deadLetters"]:
        if letter["contact"] == "bob":
            assert client.post(f"/v1/accounts/{account}/dead-letters/{letter['id']}/replay").status_code == 200
    assert eventually(lambda: not any(answers.values()))

    def counts():
        found = scrape_worker(worker)
        attempts = {outcome: found("headcount_scenario_attempts_total", outcome=outcome)
                    for outcome in ("sent", "failed", "unknown", "later")}
        return attempts, found("headcount_dead_letters_total")

    assert eventually(lambda: counts() == ({"sent": 2, "failed": 2, "unknown": 1, "later": 1}, 3)), counts()
    assert scrape(client)("headcount_dead_letters_total") == 0, "the service ended none"


def test_campaigns_and_scenarios_that_no_worker_looks_after_are_overdue(redis, client, account, tmp_path):
    (tmp_path / "audience.txt").write_text("ann\n")
    run("campaign", "start", account, "--id", "spring", "--audience", tmp_path / "audience.txt",
        "--action", "http://127.0.0.1:9/", redis=redis)
    set_secrets(client, account, GENERIC_SECRET)
    put_scenario(client, account, "http://127.0.0.1:9/")
    say(client, account, "ann")
    service = Service(redis.url, "--metrics")
    try:
        with Client(service) as other:
            for kind in ("campaigns", "scenarios"):
                assert eventually(lambda: scrape(other)(f"headcount_{kind}_overdue_seconds") > 0, within=15), kind
    finally:
        service.close()


def test_authentication_failures_are_counted_by_reason(redis, service, client, account):
    failures = "headcount_authentication_failures_total"
    expired = make_key(redis, name="short-lived")
    # Nobody waits for its end: that is put into the past.
    stored = json.loads(redis.cli("HGET", "hc:api-keys", key_id(expired)))
    redis.cli("HSET", "hc:api-keys", key_id(expired), json.dumps(stored | {"expiresAt": 1_577_836_800}))
    reader = make_key(redis, scope="read")
    bound = make_key(redis, scope="admin", account="acct_elsewhere")
    unknown = "hck_" + "1" * 16 + "_" + "0" * 64
    path = f"/v1/accounts/{account}/usage"

    def more(reason, asks):
        before = scrape(client)(failures, reason=reason)
        total = scrape(client)(failures)
        asks()
        after = scrape(client)
        assert after(failures) - total == after(failures, reason=reason) - before, "and no other reason"
        return after(failures, reason=reason) - before

    assert more("missing", lambda: Client(service).get(path)) == 1
    assert more("unknown", lambda: Client(service, "nonsense").get(path)) == 1
    assert more("unknown", lambda: Client(service, unknown).get(path)) == 1
    assert more("expired", lambda: Client(service, expired).get(path)) == 1
    assert more("scope", lambda: Client(service, reader).put(f"/v1/accounts/{account}/plan", json={"limit": 5})) == 1
    assert more("scope", lambda: Client(service, bound).get(path)) == 1
    for _ in range(9):
        Client(service, unknown).get(path)
    assert more("throttled", lambda: Client(service, unknown).get(path)) == 1


def test_corrections_are_counted(service, client, redis, account):
    """Another process changes the account's calendar, which the service believes to know."""
    client.activate(account, "ann")
    before = scrape(client)
    redis.cli("HSET", f"hc:{{{account}}}:plan", "zone", "Asia/Tokyo", "startDay", "1", "version", "1")
    client.activate(account, "bob")
    after = scrape(client)
    name = "headcount_corrections_total"
    assert after(name, reason="wrong_calendar") - before(name, reason="wrong_calendar") == 1
    assert after(name, reason="stale_period") == before(name, reason="stale_period")
    run("contacts", "merge", account, "bob", "robert", redis=redis)
    client.activate(account, "cleo")
    assert scrape(client)(name, reason="wrong_identities") - after(name, reason="wrong_identities") == 1


def test_redis_stops_and_comes_back():
    redis = Redis()
    service = Service(redis.url, "--metrics", "--timeout", "1")
    try:
        errors = "headcount_redis_errors_total"
        client = Client(service, make_key(redis))
        assert client.activate("acct_1", "ann").status_code == 200
        up = scrape(client)
        assert (up("headcount_redis_connected"), up("headcount_calls_in_flight")) == (1, 0)
        assert up("headcount_redis_connections_total") >= 1
        redis.stop()
        assert client.activate("acct_1", "bob").status_code == 503
        down = scrape(client)
        assert down("headcount_redis_connected") == 0
        assert down(errors, code="unavailable") > up(errors, code="unavailable")
        assert down(errors, code="overloaded") == 0
        assert down("headcount_http_requests_total", status="503") == 1
        redis.start()
        assert eventually(lambda: client.activate("acct_1", "bob").status_code == 200, within=5)
        back = scrape(client)
        assert back("headcount_redis_connected") == 1
        assert back("headcount_redis_connections_total") > up("headcount_redis_connections_total")
        assert eventually(lambda: scrape(client)("headcount_calls_in_flight") == 0, within=2)
        assert scrape(client)("headcount_http_requests_in_flight") == 1, "the scrape itself"
    finally:
        service.close()
        redis.close()


def test_the_process_is_described(service, used):
    assert 0.5 < used("process_resident_memory_bytes") / service.memory() < 2
    assert 0 < used("process_cpu_seconds_total") < 600
    assert 5 < used("process_open_fds") < 1000
    started = used("process_start_time_seconds")
    assert abs(started - pathlib.Path(f"/proc/{service.process.pid}").stat().st_ctime) < 10
    assert used("headcount_build_info") == 1
