"""Asks the services over connections that are kept, and writes down what was asked and what came back."""

import http.client
import json
import random
import time
import urllib.parse

from calls import ACTIVATE, CONFIRM, RELEASE, RESERVE, Call


class Caller:
    """One client. It goes to another service when one doesn't answer."""

    def __init__(self, services, key, number=0, timeout=10.0, record=None, is_final=False):
        self.number = number
        self._services = [urllib.parse.urlsplit(url).netloc for url in services]
        self._service = number % len(services)
        self._key = key
        self._timeout = timeout
        self._record = record or (lambda call: None)
        self._is_final = is_final
        self._connection = None

    def insist(self, is_over, *request, **more):
        """Asks again and again, as users do, until there is a decision or it is over. Returns the last answer."""
        while True:
            call = self.ask(*request, **more)
            if call.is_decided or is_over():
                return call
            time.sleep(random.uniform(0.02, 0.1))

    def ask(self, what, account, contacts, tokens=(), lease=0.0):
        """Asks once."""
        path, body = _request(what, account, contacts, tokens, lease)
        call = Call(
            what, account, list(contacts), time.monotonic(), 0.0, self.number, self._service, tokens=list(tokens),
            lease=lease, period=tokens[0].split(".")[0] if tokens else "", is_final=self._is_final)
        try:
            answer, text = self._exchange(path, body)
        except (OSError, http.client.HTTPException) as error:
            call.status, call.error = 0, type(error).__name__
            self.close()
            self._service = (self._service + 1) % len(self._services)
        else:
            call.status = answer.status
            if not (answer.status == 200 and _understand(call, text)):
                _complain(call, answer, text)
        call.ended = time.monotonic()
        self._record(call)
        return call

    def put_plan(self, account, limit):
        """Sets a limit, with an admin's key. Returns the status."""
        return self._exchange(f"/v1/accounts/{account}/plan", json.dumps({"limit": limit}), "PUT")[0].status

    def _exchange(self, path, body, method="POST"):
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._services[self._service], timeout=self._timeout)
        headers = {"Authorization": f"Bearer {self._key}", "Content-Type": "application/json"}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        return answer, answer.read().decode()

    def close(self):
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def until(seconds):
    """Is over in so many seconds from now."""
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def _request(what, account, contacts, tokens, lease):
    path = f"/v1/accounts/{account}/"
    if what in (CONFIRM, RELEASE):
        if len(tokens) == 1:
            return f"{path}reservations/{tokens[0]}/{what}", None
        return f"{path}reservations/{what}", json.dumps({"tokens": tokens})
    document = {"contact": contacts[0]} if len(contacts) == 1 else {"contacts": contacts}
    document["by"] = "campaign:faults"
    if what == RESERVE:
        document["lease"] = lease
    return path + ("activations" if what == ACTIVATE else "reservations"), json.dumps(document)


def _understand(call, text):
    """Takes the verdicts out of an answer. False if it is none."""
    try:
        document = json.loads(text)
        results = document["results"] if len(call.contacts) > 1 else [document]
        if [result["contact"] for result in results] != call.contacts:
            return False
        verdicts = [result["verdict"] for result in results]
        if call.what in (ACTIVATE, RESERVE):
            call.period, call.used, call.limit = document["period"], document["used"], document["limit"]
            call.remaining, call.held = document["remaining"], document.get("held")
        if call.what == RESERVE:
            call.tokens = [result["token"] for result in results]
    except (ValueError, KeyError, TypeError):
        return False
    call.verdicts = verdicts
    return True


def _complain(call, answer, text):
    call.body = text[:300]
    call.speaks_of_limit = "limit_reached" in text or any(
        name.lower().startswith("ratelimit") for name, _ in answer.getheaders())
    if answer.getheader("Content-Type", "").startswith("application/problem+json"):
        try:
            call.error = json.loads(text)["type"]
        except (ValueError, KeyError, TypeError):
            call.error = "no problem document"
