"""Whatever befalls Redis, nobody is admitted over the limit and no count is lost that somebody was told of, but where
Redis itself may forget what it has acknowledged; then what that comes to is in the report."""

import os
import tempfile

import pytest

import calls
from faults import FAULTS, SHORT
from load import Shape
from systems import make_system
from trial import Trial

IS_FULL = os.environ.get("HEADCOUNT_FAULTS") == "full"
# Seconds of load, and how long a fault lasts where that is up to it.
FULL_SECONDS, FULL_LENGTH, SHORT_LENGTH = 24.0, 1.5, 0.7
CASES = [(fault, durability) for fault in (FAULTS if IS_FULL else SHORT) for durability in fault.durabilities(IS_FULL)]


@pytest.mark.parametrize("fault, durability", CASES, ids=lambda part: getattr(part, "__name__", part or "acknowledged"))
def test_nothing_is_admitted_over_the_limit_and_nothing_is_lost(fault, durability, results):
    fault = fault()
    system = make_system(fault, durability)
    try:
        if IS_FULL:
            # The leases end before the slots are looked at.
            trial = Trial(fault, system, Shape(FULL_SECONDS, lease=15.0), fault.strikes, FULL_LENGTH, is_thorough=True)
        else:
            trial = Trial(fault, system, Shape(fault.seconds_in_short), 1, SHORT_LENGTH)
        result = trial.run()
    finally:
        system.close()
    results.append(result)
    assert result.decisions > 20, "there must be a load to speak of"
    assert not result.others, explain(trial, result.others)
    if not result.may_lose:
        assert not result.violations, explain(trial, result.violations)
    fault.verify(trial.scene, result)


def explain(trial, violations):
    """The first ones, and where to read on."""
    with tempfile.NamedTemporaryFile("w", prefix="headcount-history-", suffix=".jsonl", delete=False) as file:
        for call in trial.calls:
            calls.write(call, file)
    return "\n".join([f"{len(violations)} violations; the history is in {file.name}", *map(str, violations[:20])])
