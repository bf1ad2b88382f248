"""R1 and R11 together: however many clients hold, confirm and let go, counted and held never exceed the limit."""

import concurrent.futures
import random
import threading

from reservations import limit, reserve, settle, usage
from service import Client, Service

LIMIT, PEOPLE, CLIENTS = 100, 300, 20


def test_clients_of_two_instances_reserve_and_settle_at_random(redis, service, admin_key, client, account):
    limit(client, account, LIMIT)
    other = Service(redis.url)
    is_over = threading.Event()

    def take_part(number):
        """Until the limit is counted: holds some, confirms a few of them and lets go of the others."""
        chooser = random.Random(number)
        counted, refusals = [], 0
        with Client((service, other)[number % 2], admin_key) as session:
            while not is_over.is_set():
                people = [f"contact-{one}" for one in chooser.sample(range(PEOPLE), chooser.choice([1, 1, 5, 20]))]
                document = reserve(session, account, people, lease=600)
                assert document["used"] + document["held"] <= LIMIT
                refusals += document["limitReached"]
                if document["used"] == LIMIT:
                    is_over.set()
                if chooser.random() < 0.02:
                    # Somebody who does not reserve.
                    verdict = session.activate(account, people[0]).json()["verdict"]
                    counted += [people[0]] if verdict == "activated" else []
                held = [result for result in document["results"] if result["token"]]
                chooser.shuffle(held)
                few = chooser.choice([0, 0, len(held) // 5, 1])
                for what, part in ("confirm", held[:few]), ("release", held[few:]):
                    if len(part) == 1:
                        verdicts = [settle(session, account, what, part[0]["token"])]
                    else:
                        verdicts = settle(session, account, what, [one["token"] for one in part]) if part else []
                    counted += [one["contact"] for one, verdict in zip(part, verdicts) if verdict == "activated"]
                    assert set(verdicts) <= {
                        "confirm": {"activated", "already_activated"}, "release": {"released", "already_activated"},
                    }[what]
        return counted, refusals

    def watch(instance):
        """Every standing that it sees."""
        seen = []
        with Client(instance, admin_key) as session:
            while not is_over.is_set():
                found = usage(session, account)
                seen.append((found["used"], found["held"], found["remaining"]))
        return seen

    try:
        with concurrent.futures.ThreadPoolExecutor(CLIENTS + 2) as pool:
            watches = [pool.submit(watch, instance) for instance in (service, other)]
            parts = [pool.submit(take_part, number) for number in range(CLIENTS)]
            try:
                results = [part.result(60) for part in parts]
            finally:
                is_over.set()
            seen = [standing for watch in watches for standing in watch.result(60)]
    finally:
        other.close()

    assert all(used + held <= LIMIT for used, held, _ in seen)
    assert all(remaining == LIMIT - used - held for used, held, remaining in seen)
    assert len(seen) >= 10 and any(held for _, held, _ in seen), "the watchers must have seen something"
    counted = [contact for contacts, _ in results for contact in contacts]
    assert len(counted) == LIMIT, "exactly N are counted"
    assert len(set(counted)) == LIMIT, "each for exactly one caller"
    assert sum(refusals for _, refusals in results) > 0, "the test must reach the limit"
    assert usage(client, account).items() >= {"used": LIMIT, "held": 0, "remaining": 0}.items()
    members = redis.cli("SMEMBERS", f"hc:{{{account}}}:{usage(client, account)['period']}").splitlines()
    assert sorted(members) == sorted(counted)
