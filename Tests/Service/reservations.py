"""What the tests of reservations share: asking for them over HTTP, and what their tokens look like."""

import base64
import re

TOKEN = re.compile(r"(\d{4}-\d{2}(?:-\d{2})?)\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]+)")


def token_of(contact, period="2026-11", holder="kq3yT0bXw5vZ2LrN"):
    """A well-formed token that nobody was given."""
    return f"{period}.{holder}.{base64.urlsafe_b64encode(contact.encode()).decode().rstrip('=')}"


def ask(client, account, contacts, by="campaign:spring", **more):
    """The answer to a reservation of one contact, or of a list of them."""
    field = "contact" if isinstance(contacts, str) else "contacts"
    return client.post(f"/v1/accounts/{account}/reservations", json={field: contacts, "by": by} | more)


def reserve(client, account, contacts, **more):
    """The document of an answer that has to be one."""
    answer = ask(client, account, contacts, **more)
    assert answer.status_code == 200, answer.text
    return answer.json()


def settle(client, account, what, tokens):
    """What became of one token, or of a list of them: `what` is `confirm` or `release`."""
    if isinstance(tokens, str):
        answer = client.post(f"/v1/accounts/{account}/reservations/{tokens}/{what}")
        assert answer.status_code == 200, answer.text
        return answer.json()["verdict"]
    answer = client.post(f"/v1/accounts/{account}/reservations/{what}", json={"tokens": tokens})
    assert answer.status_code == 200, answer.text
    assert [result["token"] for result in answer.json()["results"]] == tokens, "in input order"
    return [result["verdict"] for result in answer.json()["results"]]


def limit(client, account, number, **more):
    assert client.put(f"/v1/accounts/{account}/plan", json={"limit": number} | more).status_code == 200


def usage(client, account):
    answer = client.get(f"/v1/accounts/{account}/usage")
    assert answer.status_code == 200, answer.text
    return answer.json()


def standing(client, account):
    """How many contacts are counted, and how many slots are held."""
    found = usage(client, account)
    return found["used"], found["held"]
