"""R1 over HTTP: exactly N, from any number of clients at any number of instances."""

import concurrent.futures
import random

from service import Client, Service


def test_two_instances_admit_exactly_n_of_200_clients_contacts(redis, service, admin_key, client, account):
    limit, people, clients = 500, 700, 200
    assert client.put(f"/v1/accounts/{account}/plan", json={"limit": limit}).status_code == 200
    other = Service(redis.url)
    try:
        def ask(number):
            """Each client asks for a random half of the people, so that they overlap, alone or many at once."""
            chooser = random.Random(number)
            contacts = chooser.sample([f"contact-{person}" for person in range(people)], people // 2)
            verdicts = {}
            with Client((service, other)[number % 2], admin_key) as session:
                while contacts:
                    size = chooser.choice([1, 7, 50])
                    part, contacts = contacts[:size], contacts[size:]
                    answer = session.post(
                        f"/v1/accounts/{account}/activations", json={"contacts": part, "by": "campaign:spring"})
                    assert answer.status_code == 200, answer.text
                    for result in answer.json()["results"]:
                        verdicts.setdefault(result["contact"], set()).add(result["verdict"])
            return verdicts

        with concurrent.futures.ThreadPoolExecutor(clients) as pool:
            answers = list(pool.map(ask, range(clients)))
    finally:
        other.close()

    activated = [contact for answer in answers for contact, verdicts in answer.items() if "activated" in verdicts]
    assert len(activated) == limit, "exactly N are admitted as new"
    assert len(set(activated)) == limit, "each for exactly one caller"
    refused = {contact for answer in answers for contact, verdicts in answer.items() if "limit_reached" in verdicts}
    assert refused, "the test must reach the limit"
    usage = client.get(f"/v1/accounts/{account}/usage").json()
    assert (usage["used"], usage["remaining"]) == (limit, 0)
    assert int(redis.cli("SCARD", f"hc:{{{account}}}:{usage['period']}")) == limit
