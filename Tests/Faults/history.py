"""The calls of a run in an order that questions can be asked of."""

import collections
import math

from calls import ACTIVATE, ACTIVATED, CONFIRM, MEMBER, RELEASE, RESERVE, RESERVED

# How much later than its client gave up a call may still be carried out: it waits in the buffers of a Redis that is
# frozen, or of a network that delays.
LATEST = 30.0


class History:
    """Answers by account and period, and what may have happened where there was no answer."""

    def __init__(self, calls):
        self.calls = sorted(calls, key=lambda call: call.begun)
        # (account, period) -> contact -> [(call, verdict)]
        self.answers = collections.defaultdict(lambda: collections.defaultdict(list))
        # account -> contact -> [call] of those whose outcome is unknown
        self.unknown = collections.defaultdict(lambda: collections.defaultdict(list))
        # token -> call
        self.reservations = {}
        # token -> [(call, verdict or None)]
        self.settlements = collections.defaultdict(list)
        for call in self.calls:
            self._enter(call)

    def _enter(self, call):
        for index, contact in enumerate(call.contacts):
            verdict = call.verdicts[index] if call.is_decided else None
            if verdict is None:
                self.unknown[call.account][contact].append(call)
            else:
                self.answers[call.account, call.period][contact].append((call, verdict))
            if call.what == RESERVE and verdict == RESERVED:
                self.reservations[call.tokens[index]] = call
            elif call.what in (CONFIRM, RELEASE):
                self.settlements[call.tokens[index]].append((call, verdict))

    def counted(self, key):
        """Contacts that somebody was told to be counted, each with the end of the first call that said so."""
        first = {}
        for contact, answers in self.answers[key].items():
            ends = [call.ended for call, verdict in answers if verdict in (ACTIVATED, MEMBER)]
            if ends:
                first[contact] = min(ends)
        return first

    def may_be_counted(self, key):
        """Contacts that may be members, since somebody asked for it and was not refused each time."""
        account = key[0]
        found = {contact for contact, calls in self.unknown[account].items()
                 if any(call.what in (ACTIVATE, CONFIRM) for call in calls)}
        return found | set(self.counted(key))

    def late_confirmations(self, key):
        """Contacts whose confirmation may have come after the lease had ended: they count over the limit (R11)."""
        found = set()
        for token, settlements in self.settlements.items():
            confirmations = [(call, verdict) for call, verdict in settlements if call.what == CONFIRM]
            reservation = self.reservations.get(token)
            if not confirmations or reservation is None or (reservation.account, reservation.period) != key:
                continue
            decided = min((call.ended for call, verdict in confirmations if verdict), default=math.inf)
            if decided - reservation.begun > reservation.lease:
                found.add(confirmations[0][0].contacts[0])
        return found

    def occupancies(self, key, leases_end=True):
        """Spans of time in which contacts may have taken a slot, at most: as a member, or held. Those of one contact
        don't overlap."""
        spans = []
        for contact in set(self.answers[key]) | set(self.unknown[key[0]]):
            spans += _merged([*self._unknown_spans(key[0], contact), *self._known_spans(key, contact, leases_end)])
        return spans

    def _unknown_spans(self, account, contact):
        for call in self.unknown[account].get(contact, []):
            if call.what != RELEASE:
                yield call.begun, math.inf

    def _known_spans(self, key, contact, leases_end):
        for call, verdict in self.answers[key].get(contact, []):
            if verdict in (ACTIVATED, MEMBER):
                yield call.begun, math.inf
            elif verdict == RESERVED:
                yield call.begun, self.held_until(call, call.token_of(contact), leases_end)

    def held_until(self, reservation, token, leases_end=True):
        """When this holder has let go at the latest."""
        released = [call.ended for call, verdict in self.settlements[token] if verdict]
        if released:
            return min(released)
        return reservation.ended + reservation.lease if leases_end else math.inf

    def may_hold(self, key, contact, at, leases_end=True):
        """Whether anybody may hold a slot for the contact at that time."""
        for call in self.unknown[key[0]].get(contact, []):
            if call.what == RESERVE and (not leases_end or call.ended + call.lease + LATEST > at):
                return True
        for call, verdict in self.answers[key].get(contact, []):
            if verdict == RESERVED:
                token = call.token_of(contact)
                if self.held_until(call, token, leases_end) >= at:
                    return True
        return False

    @property
    def keys(self):
        return list(self.answers)


def _merged(spans):
    merged = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((begin, end))
    return merged
