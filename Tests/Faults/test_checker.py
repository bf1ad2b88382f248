"""The checker finds each violation in a history that was made up to contain it, and nothing in one that is right."""

import dataclasses

import pytest

from calls import ACTIVATE, CONFIRM, RELEASE, RESERVE, UNAVAILABLE, Call
from checker import check
from final_state import FinalState, PeriodState
from violations import Kind

ACCOUNT, PERIOD, LIMIT = "acct", "2026-11", 2
KEY = ACCOUNT, PERIOD
END = 100.0


class Story:
    """Calls one after the other, a second each, and Redis as it would be after them."""

    def __init__(self):
        self.calls = []
        self.time = 0.0
        self.state = PeriodState(at=END)
        self.final = FinalState({KEY: self.state}, {ACCOUNT: LIMIT})

    def tell(self, what, contact, verdict, **more):
        """An answer about one contact."""
        call = Call(what, ACCOUNT, [contact], self.time, self.time + 0.5, verdicts=[verdict], period=PERIOD)
        if what != ACTIVATE:
            call.tokens = [f"token of {contact}" if verdict in ("reserved", "released", "not_held") else None]
        self.calls.append(dataclasses.replace(call, **more))
        self.time += 1
        return self

    def activate(self, contact, verdict="activated", **more):
        if verdict == "activated":
            self.count(contact)
        return self.tell(ACTIVATE, contact, verdict, **more)

    def reserve(self, contact, verdict="reserved", lease=50.0, **more):
        return self.tell(RESERVE, contact, verdict, lease=lease, **more)

    def confirm(self, contact, verdict="activated", **more):
        if verdict == "activated":
            self.count(contact)
        return self.tell(CONFIRM, contact, verdict, tokens=[f"token of {contact}"], **more)

    def release(self, contact, verdict="released", **more):
        return self.tell(RELEASE, contact, verdict, tokens=[f"token of {contact}"], **more)

    def fail(self, what, contact, status=503, error=UNAVAILABLE, **more):
        return self.tell(what, contact, None, status=status, error=error, verdicts=[], period="", **more)

    def count(self, contact):
        self.state.members.add(contact)
        self.state.counted = len(self.state.members)

    def kinds(self, **more):
        return [violation.kind for violation in check(self.calls, self.final, {ACCOUNT: LIMIT}, **more)]


@pytest.fixture
def story():
    return Story()


def test_nothing_is_found_where_all_is_right(story):
    story.activate("ann", used=1, limit=LIMIT, remaining=1).activate("ann", "already_activated", used=1, limit=LIMIT)
    story.reserve("bob").activate("eve", "limit_reached", remaining=0).release("bob")
    story.reserve("cleo").confirm("cleo").confirm("cleo", "already_activated").activate("eve", "limit_reached")
    story.fail(ACTIVATE, "eve").activate("eve", "limit_reached", is_final=True)
    assert story.kinds(is_undisturbed=True, outages=[(5, 6)]) == []


def test_more_admitted_than_the_limit(story):
    story.activate("ann").activate("bob").activate("cleo")
    story.state.members.discard("ann")
    story.state.counted = 2
    assert story.kinds() == [Kind.OVER_ADMISSION, Kind.LOST_COUNT]


def test_a_set_over_its_limit(story):
    story.activate("ann").activate("bob").fail(ACTIVATE, "cleo").count("cleo")
    assert story.kinds() == [Kind.SET_OVER_LIMIT]


def test_a_confirmation_after_the_lease_may_count_over_the_limit(story):
    story.reserve("cleo", lease=1.5).activate("ann").activate("bob").confirm("cleo")
    assert story.kinds() == []
    story.activate("dora")
    assert Kind.OVER_ADMISSION in story.kinds()


def test_a_confirmation_in_time_may_not(story):
    story.reserve("cleo").activate("ann").activate("bob").confirm("cleo")
    assert Kind.OVER_ADMISSION in story.kinds() and Kind.SET_OVER_LIMIT in story.kinds()


def test_one_activated_twice(story):
    story.activate("ann").activate("ann", begun=0.4)
    assert story.kinds() == [Kind.ACTIVATED_TWICE]


def test_one_activated_twice_in_one_call(story):
    story.activate("ann", contacts=["ann", "ann"], verdicts=["activated", "activated"])
    assert story.kinds() == [Kind.ACTIVATED_TWICE]


def test_one_activated_and_confirmed_as_new(story):
    story.reserve("ann").activate("ann").confirm("ann", begun=1.2)
    assert story.kinds() == [Kind.ACTIVATED_TWICE]


def test_one_activated_that_was_counted_before(story):
    story.activate("ann").activate("ann")
    assert story.kinds() == [Kind.LOST_COUNT], "for a while, it wasn't"


@pytest.mark.parametrize("verdict", ["activated", "already_activated"])
def test_a_lost_count(story, verdict):
    story.tell(ACTIVATE, "ann", verdict)
    assert story.kinds() == [Kind.LOST_COUNT]


def test_a_lost_count_that_was_confirmed(story):
    story.reserve("ann").tell(CONFIRM, "ann", "activated", tokens=["token of ann"])
    assert story.kinds() == [Kind.LOST_COUNT]


def test_an_unanswered_call_is_no_lost_count(story):
    story.fail(ACTIVATE, "ann").fail(ACTIVATE, "bob", status=0, error="timeout")
    assert story.kinds() == []


def test_a_reservation_that_is_gone(story):
    story.reserve("ann").confirm("ann", "not_held")
    assert story.kinds() == [Kind.LOST_RESERVATION]


def test_a_reservation_that_was_released(story):
    story.reserve("ann").release("ann").confirm("ann", "not_held")
    assert story.kinds() == []


def test_a_reservation_of_which_nobody_knows_whether_it_was_released(story):
    story.reserve("ann").fail(RELEASE, "ann", tokens=["token of ann"]).confirm("ann", "not_held")
    assert story.kinds() == []


def test_a_plan_that_is_gone(story):
    story.final.limits.clear()
    assert story.kinds() == [Kind.LOST_PLAN]


def test_a_member_that_is_refused(story):
    story.activate("ann").activate("bob").activate("ann", "limit_reached")
    assert story.kinds() == [Kind.MEMBER_REFUSED]


def test_a_member_that_is_refused_while_it_is_being_counted(story):
    story.activate("bob").activate("cleo").activate("ann", "limit_reached", begun=0.1)
    assert story.kinds() == [], "the first two may have been counted before it asked"


def test_a_member_for_whom_a_slot_is_reserved(story):
    story.activate("ann").reserve("ann")
    assert story.kinds() == [Kind.MEMBER_REFUSED]


def test_one_refused_and_stored_nevertheless(story):
    story.activate("ann").reserve("bob").activate("eve", "limit_reached").release("bob").count("eve")
    assert story.kinds() == [Kind.UNASKED_MEMBER]


def test_one_stored_that_was_only_reserved(story):
    story.reserve("ann").count("ann")
    assert story.kinds() == [Kind.UNASKED_MEMBER]


def test_one_stored_for_whom_an_unanswered_call_asked(story):
    story.reserve("ann").fail(CONFIRM, "ann", tokens=["token of ann"]).count("ann")
    assert story.kinds() == []


def test_a_refusal_with_a_slot_free(story):
    story.activate("ann").activate("eve", "limit_reached").activate("bob")
    assert story.kinds() == [Kind.GROUNDLESS_REFUSAL]


def test_a_refusal_after_a_slot_was_released(story):
    story.activate("ann").reserve("bob").release("bob").activate("eve", "limit_reached").activate("bob")
    assert story.kinds() == [Kind.GROUNDLESS_REFUSAL]


def test_a_refusal_after_a_lease_has_ended(story):
    story.activate("ann").reserve("bob", lease=1.0).activate("ann", "already_activated")
    story.activate("eve", "limit_reached").activate("bob")
    assert story.kinds() == [Kind.GROUNDLESS_REFUSAL]
    assert story.kinds(leases_end=False) == []


def test_a_refusal_while_a_slot_may_be_taken_by_an_unanswered_call(story):
    story.activate("ann").fail(ACTIVATE, "bob").activate("eve", "limit_reached")
    assert story.kinds() == []


def test_a_refusal_while_a_slot_is_asked_for(story):
    story.activate("ann").activate("eve", "limit_reached", ended=2.5).activate("bob")
    assert story.kinds() == []


def test_a_refusal_at_the_end_with_a_slot_free(story):
    story.activate("ann").fail(ACTIVATE, "bob").activate("eve", "limit_reached", is_final=True)
    assert story.kinds() == [Kind.GROUNDLESS_REFUSAL]
    story.fail(RESERVE, "bob", lease=99.0, begun=1.0).state.held["bob"] = -98.5
    assert story.kinds() == [Kind.GROUNDLESS_REFUSAL], "its lease had ended before"
    story.state.held["bob"] = -97.0
    assert story.kinds() == [], "it ended after the refusal"


def test_unavailable_that_speaks_of_the_limit(story):
    story.fail(ACTIVATE, "ann", speaks_of_limit=True)
    assert story.kinds() == [Kind.CONFUSED]


@pytest.mark.parametrize("status, error", [(500, "/problems/internal_error"), (401, ""), (503, ""), (200, "")])
def test_an_answer_that_is_neither_a_decision_nor_unavailable(story, status, error):
    story.fail(ACTIVATE, "ann", status=status, error=error)
    assert story.kinds() == [Kind.WRONG_ANSWER]


@pytest.mark.parametrize("verdict", ["already_activated", "limit_reached"])
def test_a_decision_while_redis_was_down(story, verdict):
    story.activate("ann").activate("bob").activate("ann" if "al" in verdict else "eve", verdict)
    assert story.kinds(outages=[(1.9, 2.6)]) == [Kind.GUESSED]
    assert story.kinds(outages=[(2.2, 2.6), (1.9, 2.4)]) == [], "it may have been decided just before or after"


def test_used_that_goes_backwards(story):
    story.activate("ann", used=2).activate("bob", used=1)
    assert story.kinds() == [Kind.CONTRADICTION]


def test_used_of_calls_at_the_same_time(story):
    story.activate("ann", used=2).activate("bob", used=1, begun=0.2)
    assert story.kinds() == []


def test_another_limit_than_was_set(story):
    story.activate("ann", used=1, limit=100)
    assert story.kinds() == [Kind.CONTRADICTION]


def test_used_over_the_limit(story):
    story.activate("ann", used=3, limit=LIMIT)
    assert story.kinds() == [Kind.CONTRADICTION]


def test_a_refusal_with_something_remaining(story):
    story.activate("ann", used=1).activate("bob", used=2).activate("eve", "limit_reached", used=2, remaining=1)
    assert story.kinds() == [Kind.CONTRADICTION]


def test_statistics_that_disagree_with_the_set(story):
    story.activate("ann").state.counted = 2
    assert story.kinds() == [Kind.CONTRADICTION]


def test_a_key_without_expiry(story):
    story.activate("ann").state.immortal = ["hc:{acct}:2026-11"]
    assert story.kinds() == [Kind.CONTRADICTION]


def test_a_slot_held_after_it_was_released(story):
    story.reserve("ann").release("ann").state.held["ann"] = 10.0
    assert story.kinds() == [Kind.LEAKED_SLOT]


def test_a_slot_held_after_its_lease(story):
    story.reserve("ann", lease=20.0).state.held["ann"] = 10.0
    assert story.kinds() == [Kind.LEAKED_SLOT]


def test_a_slot_held_by_somebody(story):
    story.reserve("ann", lease=200.0).reserve("bob", lease=20.0).release("bob")
    story.fail(RESERVE, "bob", lease=90.0).state.held.update(ann=99.0, bob=10.0)
    assert story.kinds() == []


def test_a_slot_held_for_a_member(story):
    story.reserve("ann", lease=200.0).activate("ann").state.held["ann"] = 10.0
    assert story.kinds() == [Kind.LEAKED_SLOT]


def test_a_member_of_whom_nobody_was_told(story):
    story.activate("ann", "already_activated").count("ann")
    assert story.kinds(is_undisturbed=True) == [Kind.NOBODY_TOLD]
    assert story.kinds() == []
