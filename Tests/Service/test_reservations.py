"""R11 over HTTP: a slot is held before a contact is touched, and confirmed, released, or free again by itself."""

import pytest

from reservations import TOKEN, ask, limit, reserve, settle, standing, token_of, usage
from service import Client, eventually, make_key


def test_one_contact(client, account):
    limit(client, account, 10)
    answer = ask(client, account, "ann", lease=30)
    reservation = answer.json()
    period, _, name = TOKEN.fullmatch(reservation["token"]).groups()
    assert reservation == {
        "account": account, "contact": "ann", "verdict": "reserved", "token": reservation["token"], "period": period,
        "used": 0, "held": 1, "limit": 10, "remaining": 9, "resetsAt": reservation["resetsAt"]}
    assert name == "YW5u", "the contact in base64url"
    assert answer.headers["RateLimit"].startswith('"contacts";r=9;t=')
    assert answer.headers["RateLimit-Policy"].startswith('"contacts";q=10;w=')
    assert usage(client, account).items() >= {"used": 0, "held": 1, "remaining": 9}.items()
    assert client.get(f"/v1/accounts/{account}/contacts/ann").json()["activated"] is False

    path = f"/v1/accounts/{account}/reservations/{reservation['token']}/confirm"
    assert client.post(path).json() == {
        "account": account, "contact": "ann", "token": reservation["token"], "verdict": "activated"}
    assert usage(client, account).items() >= {"used": 1, "held": 0, "remaining": 9}.items()
    assert client.get(f"/v1/accounts/{account}/contacts/ann").json()["activated"] is True


def test_many_contacts_are_answered_in_order_and_as_one_by_one(client, account):
    limit(client, account, 3)
    assert client.activate(account, "dora").json()["verdict"] == "activated"
    document = reserve(client, account, ["ann", "dora", "bob", "ann", "eve"])
    results = document.pop("results")
    assert [(result["contact"], result["verdict"]) for result in results] == [
        ("ann", "reserved"), ("dora", "already_activated"), ("bob", "reserved"), ("ann", "reserved"),
        ("eve", "limit_reached")]
    tokens = [result["token"] for result in results]
    assert tokens[1] is None and tokens[4] is None
    assert len(set(tokens[:1] + tokens[2:4])) == 3, "each holder has a token of its own"
    assert document | {"period": None, "resetsAt": None} == {
        "account": account, "period": None, "used": 1, "held": 2, "limit": 3, "remaining": 0, "resetsAt": None,
        "reserved": 3, "alreadyActivated": 1, "limitReached": 1, "notCounted": 0}


def test_a_held_slot_counts_against_the_limit(client, account):
    limit(client, account, 1)
    token = reserve(client, account, "ann")["token"]
    refusal = reserve(client, account, "bob")
    assert (refusal["verdict"], refusal["token"], refusal["remaining"]) == ("limit_reached", None, 0)
    assert client.activate(account, "bob").json()["verdict"] == "limit_reached"
    assert usage(client, account)["refusedContacts"] == 1
    assert settle(client, account, "release", token) == "released"
    assert reserve(client, account, "bob")["verdict"] == "reserved"
    assert standing(client, account) == (0, 1)


@pytest.mark.parametrize("what, first, again, used", [
    ("confirm", "activated", "already_activated", 1),
    ("release", "released", "not_held", 0),
])
def test_settling_twice_changes_nothing(client, account, what, first, again, used):
    token = reserve(client, account, "ann")["token"]
    assert settle(client, account, what, token) == first
    for _ in range(2):
        assert settle(client, account, what, token) == again
        assert standing(client, account) == (used, 0)
    assert settle(client, account, what, [token, token]) == [again, again]
    assert standing(client, account) == (used, 0)


def test_settling_the_other_way_round_undoes_nothing(client, account):
    confirmed, released = (reserve(client, account, contact)["token"] for contact in ("ann", "bob"))
    assert settle(client, account, "confirm", confirmed) == "activated"
    assert settle(client, account, "release", confirmed) == "already_activated"
    assert settle(client, account, "release", released) == "released"
    assert settle(client, account, "confirm", released) == "not_held"
    assert standing(client, account) == (1, 0)


def test_a_token_twice_in_one_call_is_settled_once(client, account):
    first, second = (reserve(client, account, contact)["token"] for contact in ("ann", "bob"))
    assert settle(client, account, "confirm", [first, first]) == ["activated", "already_activated"]
    assert settle(client, account, "release", [second, second]) == ["released", "not_held"]
    assert standing(client, account) == (1, 0)


def test_a_lease_that_runs_out_is_released_by_itself(client, account):
    limit(client, account, 1)
    late = reserve(client, account, "ann", lease=0.3)["token"]
    assert reserve(client, account, "bob")["verdict"] == "limit_reached"
    assert eventually(lambda: standing(client, account) == (0, 0))
    token = reserve(client, account, "bob")["token"]
    assert settle(client, account, "confirm", token) == "activated"
    assert settle(client, account, "confirm", late) == "activated", "the contact was touched, so it counts"
    assert usage(client, account).items() >= {"used": 2, "limit": 1, "remaining": 0, "overLimit": True}.items()


def test_releasing_late_is_harmless(client, account):
    limit(client, account, 1)
    late = reserve(client, account, "ann", lease=0.1)["token"]
    assert eventually(lambda: standing(client, account) == (0, 0))
    assert reserve(client, account, "bob")["verdict"] == "reserved"
    assert settle(client, account, "release", late) in ("released", "not_held")
    assert standing(client, account) == (0, 1), "bob's slot is bob's"
    assert settle(client, account, "confirm", late) == "not_held"


def test_two_holders_share_a_slot_until_the_last_lets_go(client, account):
    limit(client, account, 1)
    first, second = (reserve(client, account, "ann")["token"] for _ in range(2))
    assert first != second
    assert standing(client, account) == (0, 1)
    assert settle(client, account, "release", first) == "released"
    assert standing(client, account) == (0, 1)
    assert reserve(client, account, "bob")["verdict"] == "limit_reached"
    assert settle(client, account, "release", first) == "not_held"
    assert settle(client, account, "release", second) == "released"
    assert standing(client, account) == (0, 0)


def test_a_release_undoes_nothing_that_another_holder_confirmed(client, account):
    first, second, third = (reserve(client, account, "ann")["token"] for _ in range(3))
    assert settle(client, account, "confirm", first) == "activated"
    assert settle(client, account, "release", second) == "already_activated"
    assert settle(client, account, "confirm", third) == "already_activated"
    assert standing(client, account) == (1, 0)


def test_activating_a_held_contact_counts_it_out_of_its_slot(client, account):
    limit(client, account, 1)
    token = reserve(client, account, "ann")["token"]
    assert client.activate(account, "ann").json()["verdict"] == "activated", "at the limit, since the slot is ann's"
    assert standing(client, account) == (1, 0)
    assert settle(client, account, "release", token) == "already_activated"
    assert settle(client, account, "confirm", token) == "already_activated"
    assert standing(client, account) == (1, 0)


def test_reserving_who_is_counted_holds_nothing(client, account):
    limit(client, account, 1)
    client.activate(account, "ann")
    reservation = reserve(client, account, "ann")
    assert (reservation["verdict"], reservation["token"]) == ("already_activated", None)
    assert (reservation["used"], reservation["held"], reservation["remaining"]) == (1, 0, 0)


def test_modes_that_refuse_nobody(client, account):
    limit(client, account, 1, mode="soft")
    tokens = [result["token"] for result in reserve(client, account, ["ann", "bob"])["results"]]
    assert settle(client, account, "confirm", tokens) == ["activated", "activated"]
    assert usage(client, account)["overLimit"] is True
    assert client.put(f"/v1/accounts/{account}/plan", json={"mode": "unlimited"}).status_code == 200
    answer = ask(client, account, "cleo")
    assert answer.json()["verdict"] == "reserved"
    assert (answer.json()["limit"], answer.json()["remaining"]) == (None, None)
    assert "RateLimit" not in answer.headers


def test_an_action_that_costs_nothing_holds_nothing(redis, client, account):
    answer = ask(client, account, "ann", by="segment:vip")
    assert answer.json() | {"period": None, "resetsAt": None} == {
        "account": account, "contact": "ann", "verdict": "not_counted", "token": None, "period": None, "used": None,
        "held": None, "limit": None, "remaining": None, "resetsAt": None}
    assert "RateLimit" not in answer.headers
    many = reserve(client, account, ["ann", "bob"], by="crm")
    assert (many["notCounted"], many["reserved"], many["used"], many["held"]) == (2, 0, None, None)
    assert redis.cli("KEYS", f"*{{{account}}}*") == ""


@pytest.mark.parametrize("what", ["confirm", "release"])
def test_tokens_that_nobody_holds(redis, client, account, what):
    elsewhere = reserve(client, account + "-other", "ann")["token"]
    stale = token_of("ann", period="2020-01")
    unknown = token_of("ann", period=elsewhere[:7])
    assert settle(client, account, what, unknown) == "not_held"
    assert settle(client, account, what, [elsewhere, stale, unknown]) == ["not_held"] * 3
    assert standing(client, account) == (0, 0)
    assert redis.cli("KEYS", f"*{{{account}}}*") == "", "nothing was stored"
    assert standing(client, account + "-other") == (0, 1), "another account's token takes nothing from it"


@pytest.mark.parametrize("token", [
    "x", "YW5u", "2026-11.kq3yT0bXw5vZ2LrN", "2026-11.tooshort.YW5u", "2026-11.kq3yT0bXw5vZ2LrN.",
    "2026-13.kq3yT0bXw5vZ2LrN.YW5u", "2026-11.kq3yT0bXw5vZ2LrN.YW5u=",
    "2026-11.kq3yT0bXw5vZ2LrN.YW5uA", "2026-11.kq3yT0bXw5vZ2LrN.AAAA",
    "2026-11.kq3y!0bXw5vZ2LrN.YW5u", "2026-11.kq3yT0bXw5vZ2LrN.YW5u.YW5u", "%20", "%00", "%ff",
    "2026-11.kq3yT0bXw5vZ2LrN." + "YW5u" * 100,
])
@pytest.mark.parametrize("what", ["confirm", "release"])
def test_malformed_tokens(client, account, what, token):
    held = reserve(client, account, "ann")["token"]
    answer = client.post(f"/v1/accounts/{account}/reservations/{token}/{what}")
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid_token")
    answer = client.post(f"/v1/accounts/{account}/reservations/{what}", json={"tokens": [held, token]})
    assert (answer.status_code, answer.json()["type"]) == (422, "/problems/invalid_token")
    assert standing(client, account) == (0, 1), "and the good one among them is not settled"


@pytest.mark.parametrize("lease, status, kind", [
    (0, 422, "invalid_lease"), (-1, 422, "invalid_lease"), (0.09, 422, "invalid_lease"),
    (0.0999999, 422, "invalid_lease"), (86_400.0001, 422, "invalid_lease"), (86_401, 422, "invalid_lease"),
    (1e300, 422, "invalid_lease"), ("60", 400, "invalid_body"), ([60], 400, "invalid_body"),
    (True, 400, "invalid_body"),
])
def test_leases_out_of_range(client, account, lease, status, kind):
    answer = ask(client, account, "ann", lease=lease)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{kind}")
    assert standing(client, account) == (0, 0)


@pytest.mark.parametrize("lease", [0.1, 86_400])
def test_the_shortest_and_the_longest_lease(client, account, lease):
    assert reserve(client, account, "ann", lease=lease)["verdict"] == "reserved"


@pytest.mark.parametrize("body, status, kind", [
    ({"contact": "ann", "contacts": ["bob"], "by": "crm"}, 400, "invalid_body"),
    ({"by": "campaign:x"}, 400, "invalid_body"),
    ({"contact": "ann"}, 400, "invalid_body"),
    ({"contacts": [], "by": "campaign:x"}, 400, "invalid_body"),
    ({"contacts": ["a"] * 10_001, "by": "campaign:x"}, 400, "invalid_body"),
    ({"contact": "ann", "by": "campaign:x", "token": "t"}, 400, "unknown_field"),
    ({"contact": "", "by": "campaign:x"}, 422, "invalid_contact"),
    ({"contacts": ["ann", "a\nb"], "by": "campaign:x"}, 422, "invalid_contact"),
    ({"contact": "ann", "by": "poem:x"}, 422, "invalid_action"),
])
def test_reservations_that_are_malformed(client, account, body, status, kind):
    answer = client.post(f"/v1/accounts/{account}/reservations", json=body)
    assert (answer.status_code, answer.json()["type"]) == (status, f"/problems/{kind}")
    assert standing(client, account) == (0, 0), "and nobody is held"


@pytest.mark.parametrize("body, kind", [
    ({}, "invalid_body"), ({"tokens": []}, "invalid_body"), ({"tokens": "t"}, "invalid_body"),
    ({"tokens": [token_of("a")] * 10_001}, "invalid_body"), ({"tokens": [token_of("a")], "by": "crm"}, "unknown_field"),
])
@pytest.mark.parametrize("what", ["confirm", "release"])
def test_settlements_that_are_malformed(client, account, what, body, kind):
    answer = client.post(f"/v1/accounts/{account}/reservations/{what}", json=body)
    assert (answer.status_code, answer.json()["type"]) == (400, f"/problems/{kind}")


def test_ten_thousand_at_once(client, account):
    people, most = 10_000, 9_000
    limit(client, account, most)
    document = reserve(client, account, [f"contact-{number}" for number in range(people)])
    results = document["results"]
    assert [result["contact"] for result in results] == [f"contact-{number}" for number in range(people)]
    assert {result["verdict"] for result in results[:most]} == {"reserved"}
    assert {result["verdict"] for result in results[most:]} == {"limit_reached"}
    assert (document["reserved"], document["limitReached"], document["held"]) == (most, people - most, most)
    tokens = [result["token"] for result in results[:most]]
    assert set(settle(client, account, "release", tokens[:1_000])) == {"released"}
    assert standing(client, account) == (0, most - 1_000)
    assert set(settle(client, account, "confirm", tokens[1_000:])) == {"activated"}
    again = settle(client, account, "confirm", tokens + [tokens[-1]] * (people - most))
    assert again == ["not_held"] * 1_000 + ["already_activated"] * (people - 1_000)
    assert standing(client, account) == (most - 1_000, 0)


def test_only_keys_that_may_activate_reserve_and_settle(redis, service, client, account):
    token = reserve(client, account, "ann")["token"]
    calls = [
        ("/reservations", {"contact": "bob", "by": "campaign:x"}),
        ("/reservations/confirm", {"tokens": [token]}), (f"/reservations/{token}/confirm", None),
        ("/reservations/release", {"tokens": [token]}), (f"/reservations/{token}/release", None),
    ]
    for key, status in [
        (None, 401), (make_key(redis, "read"), 403), (make_key(redis, "activate", account="acct_elsewhere"), 403),
    ]:
        with Client(service, key) as stranger:
            for path, body in calls:
                assert stranger.post(f"/v1/accounts/{account}{path}", json=body).status_code == status
    assert standing(client, account) == (0, 1)
    with Client(service, make_key(redis, "activate", account=account)) as owner:
        for (path, body), expected in zip(calls, ["reserved", None, "already_activated", None, "already_activated"]):
            answer = owner.post(f"/v1/accounts/{account}{path}", json=body)
            assert answer.status_code == 200
            assert expected is None or answer.json()["verdict"] == expected
    assert standing(client, account) == (1, 1)


def test_while_redis_is_down_nobody_is_refused_and_afterwards_tokens_are_as_good_as_before(fresh):
    redis, service = fresh("--timeout", "0.5")
    with Client(service, make_key(redis)) as client:
        limit(client, "acct_1", 2)
        tokens = [result["token"] for result in reserve(client, "acct_1", ["ann", "bob"])["results"]]
        redis.stop()
        for path, body in [
            ("", {"contact": "cleo", "by": "campaign:x"}), ("", {"contacts": ["ann", "cleo"], "by": "campaign:x"}),
            (f"/{tokens[0]}/confirm", None), ("/confirm", {"tokens": tokens}),
            (f"/{tokens[1]}/release", None), ("/release", {"tokens": tokens}),
        ]:
            answer = client.post("/v1/accounts/acct_1/reservations" + path, json=body)
            assert (answer.status_code, answer.json()["type"]) == (503, "/problems/unavailable")
            assert int(answer.headers["Retry-After"]) >= 1 and "RateLimit" not in answer.headers
            assert "limit_reached" not in answer.text
        redis.start()
        assert eventually(lambda: client.get("/readyz").status_code == 200)
        assert settle(client, "acct_1", "confirm", tokens[0]) == "activated"
        assert settle(client, "acct_1", "release", tokens[1]) == "released"
        assert standing(client, "acct_1") == (1, 0)
