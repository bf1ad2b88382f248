"""Whether what clients were told, and what Redis holds at the end, can be the work of an exact limiter.

Pure functions: a history (`calls.py`) and a final state (`final_state.py`) go in, violations come out. Each check is
sound: it complains only of what no order of events can explain. Calls without an answer may have been carried out or
not, at any time until now.
"""

import bisect
import collections

from calls import ACTIVATE, ACTIVATED, CONFIRM, MEMBER, NOT_HELD, REFUSED, RELEASE, RESERVED, UNAVAILABLE
from final_state import PeriodState
from history import History
from violations import Kind, Violation


def check(calls, final, limits, outages=(), leases_end=True, is_undisturbed=False):
    """All violations.

    `limits` are those that were set, by account; `outages` spans of time in which nobody could have asked Redis;
    `leases_end` is false where Redis's clock was set back, so that leases last longer than their clients think;
    `is_undisturbed` is for a run in which no reply was lost.
    """
    history = History(calls)
    found = [
        *wrong_answers(history), *guesses(history, outages), *lost_plans(final, limits), *lost_reservations(history)]
    for key in sorted(set(history.keys) | set(final.periods)):
        limit = limits[key[0]]
        state = final.periods.get(key, PeriodState())
        found += over_admissions(history, key, limit, state)
        found += double_activations(history, key)
        found += lost_counts(history, key, state)
        found += refused_members(history, key)
        found += unasked_members(history, key, state)
        found += groundless_refusals(history, key, limit, leases_end)
        found += final_room(history, key, limit, state)
        found += contradictions(history, key, limit, state)
        found += leaked_slots(history, key, state, leases_end)
        if is_undisturbed:
            found += told_nobody(history, key, state)
    return found


def wrong_answers(history):
    """R14: a call is decided, or it is unavailable, or nobody answers; and full is never taken for down."""
    for call in history.calls:
        if call.is_decided:
            continue
        if call.status and (call.status != 503 or call.error != UNAVAILABLE):
            yield _of(call, Kind.WRONG_ANSWER, f"{call.status} {call.error} {call.body}")
        elif call.status and call.speaks_of_limit:
            yield _of(call, Kind.CONFUSED, f"a 503 that speaks of the limit: {call.body}")


def guesses(history, outages):
    """R14: nobody decides anything while Redis can't be asked."""
    for call in history.calls:
        if call.is_decided and any(begin < call.begun and call.ended < end for begin, end in outages):
            yield _of(call, Kind.GUESSED, f"{call.what} answered {call.verdicts[:5]}")


def over_admissions(history, key, limit, state):
    """R1: not N+1."""
    late = len(history.late_confirmations(key))
    counted = history.counted(key)
    for contact in sorted(counted, key=counted.get)[limit + late:]:
        yield Violation(Kind.OVER_ADMISSION, *key, contact, f"{len(counted)} were admitted, the limit is {limit}")
    if len(state.members) > limit + late:
        yield Violation(Kind.SET_OVER_LIMIT, *key, "", f"{len(state.members)} members, the limit is {limit}")


def double_activations(history, key):
    """R1: each is activated for one caller; here, for two who asked at the same time."""
    counted = history.counted(key)
    for contact, answers in history.answers[key].items():
        told = [call for call, verdict in answers if verdict == ACTIVATED]
        # Twice in one call as well.
        for call in told[1:]:
            if call.begun <= counted[contact]:
                yield Violation(Kind.ACTIVATED_TWICE, *key, contact, f"at {told[0].ended:.3f} and at {call.ended:.3f}")


def lost_counts(history, key, state):
    """Whom somebody was told to be counted is a member for good."""
    for contact, ended in history.counted(key).items():
        again = [call.begun for call, verdict in history.answers[key][contact]
                 if verdict == ACTIVATED and call.begun > ended]
        if again:
            detail = f"counted at {ended:.3f}, and as new by a call of {again[0]:.3f}"
            yield Violation(Kind.LOST_COUNT, *key, contact, detail)
        elif contact not in state.members:
            yield Violation(Kind.LOST_COUNT, *key, contact, f"counted at {ended:.3f}, and no member at the end")


def lost_reservations(history):
    """R11: what was reserved can be confirmed, however late, unless it was released."""
    for token, reservation in history.reservations.items():
        settlements = history.settlements[token]
        may_be_released = [call.begun for call, _ in settlements if call.what == RELEASE]
        for call, verdict in settlements:
            if verdict == NOT_HELD and call.what == CONFIRM and not any(at < call.ended for at in may_be_released):
                yield _of(call, Kind.LOST_RESERVATION, f"{token} was reserved at {reservation.ended:.3f}")


def lost_plans(final, limits):
    for account, limit in limits.items():
        if final.limits.get(account) != limit:
            detail = f"limit {limit} was set, {final.limits.get(account)} is kept"
            yield Violation(Kind.LOST_PLAN, account, "", "", detail)


def refused_members(history, key):
    """R2: who is counted passes."""
    counted = history.counted(key)
    for contact, ended in counted.items():
        for call, verdict in history.answers[key][contact]:
            if verdict in (REFUSED, RESERVED) and call.begun > ended:
                detail = f"counted at {ended:.3f}, {verdict} to a call of {call.begun:.3f}"
                yield Violation(Kind.MEMBER_REFUSED, *key, contact, detail)


def unasked_members(history, key, state):
    """R3: refusals leave no trace in the set; nor does what nobody asked for."""
    for contact in sorted(state.members - history.may_be_counted(key)):
        yield Violation(Kind.UNASKED_MEMBER, *key, contact, "in the set")


def groundless_refusals(history, key, limit, leases_end):
    """R1: not N-1. So many contacts may have had a slot at some moment of a call that was refused."""
    spans = history.occupancies(key, leases_end)
    begins, ends = sorted(begin for begin, _ in spans), sorted(end for _, end in spans)
    for contact, answers in history.answers[key].items():
        for call, verdict in answers:
            if verdict != REFUSED:
                continue
            most = bisect.bisect_left(begins, call.ended) - bisect.bisect_right(ends, call.begun)
            if most < limit:
                detail = f"at most {most} of {limit} were taken at {call.begun:.3f}-{call.ended:.3f}"
                yield Violation(Kind.GROUNDLESS_REFUSAL, *key, contact, detail)


def final_room(history, key, limit, state):
    """R1: not N-1, exactly: who is refused when all is quiet is refused by a full set."""
    refused = [
        call.begun for answers in history.answers[key].values() for call, verdict in answers
        if verdict == REFUSED and call.is_final]
    if refused:
        held = {contact for contact, left in state.held.items() if state.at + left > min(refused)}
        taken = len(state.members | held)
        if taken < limit:
            yield Violation(Kind.GROUNDLESS_REFUSAL, *key, "", f"refused at the end, with {taken} of {limit} taken")


def contradictions(history, key, limit, state):
    """Numbers in answers that can't be true together."""
    late = len(history.late_confirmations(key))
    calls = [call for call in history.calls if (call.account, call.period) == key and call.used is not None]
    by_end = collections.deque(sorted(calls, key=lambda call: call.ended))
    most = 0
    for call in calls:
        while by_end and by_end[0].ended < call.begun:
            most = max(most, by_end.popleft().used)
        if call.used < most:
            yield _of(call, Kind.CONTRADICTION, f"used {call.used}, after an earlier answer of {most}")
        if call.limit is not None and call.limit != limit:
            yield _of(call, Kind.CONTRADICTION, f"limit {call.limit}, where {limit} was set")
        if call.used > limit + late:
            yield _of(call, Kind.CONTRADICTION, f"used {call.used} of {limit}")
        if len(call.verdicts) == 1 and call.verdicts[0] == REFUSED and call.remaining:
            yield _of(call, Kind.CONTRADICTION, f"refused, with {call.remaining} remaining", call.contacts[0])
    if state.counted != len(state.members):
        detail = f"{len(state.members)} members, {state.counted} in the statistics"
        yield Violation(Kind.CONTRADICTION, *key, "", detail)
    for immortal in state.immortal:
        yield Violation(Kind.CONTRADICTION, *key, "", f"{immortal} has no expiry")


def leaked_slots(history, key, state, leases_end):
    """R11: a slot is held by somebody, and by nobody whose lease has ended; and never for a member."""
    for contact, left in state.held.items():
        if left <= 0:
            continue
        if contact in state.members:
            yield Violation(Kind.LEAKED_SLOT, *key, contact, "a slot is held for a member")
        elif not history.may_hold(key, contact, state.at, leases_end):
            yield Violation(Kind.LEAKED_SLOT, *key, contact, f"held by nobody, for {left:.1f} s more")


def told_nobody(history, key, state):
    """R1: each is activated for some caller, where no reply was lost."""
    told = {contact for contact, answers in history.answers[key].items()
            for call, verdict in answers if verdict == ACTIVATED and call.what in (ACTIVATE, CONFIRM)}
    for contact in sorted(state.members - told):
        yield Violation(Kind.NOBODY_TOLD, *key, contact, f"a member, and {MEMBER} for everybody")


def _of(call, kind, detail, contact=""):
    detail = f"{detail} ({call.what} of client {call.client}, {call.begun:.3f}-{call.ended:.3f})"
    return Violation(kind, call.account, call.period, contact, detail)
