"""What the checker may find, each kind by the rule of DESIGN.md that it breaks."""

import dataclasses
import enum


class Kind(enum.Enum):
    OVER_ADMISSION = "over-admission"
    SET_OVER_LIMIT = "set over its limit"
    ACTIVATED_TWICE = "activated twice"
    LOST_COUNT = "lost count"
    LOST_RESERVATION = "lost reservation"
    LOST_PLAN = "lost plan"
    MEMBER_REFUSED = "member refused"
    UNASKED_MEMBER = "counted though refused or never asked"
    GROUNDLESS_REFUSAL = "refused though there was room"
    CONFUSED = "full and down confused"
    GUESSED = "decided while Redis was down"
    WRONG_ANSWER = "neither a decision nor unavailable"
    CONTRADICTION = "answers that contradict each other"
    LEAKED_SLOT = "leaked slot"
    NOBODY_TOLD = "activated for nobody"


# What follows when Redis itself forgets what it has acknowledged. Never a consequence: a set over a limit that is kept.
CONSEQUENCES_OF_LOSS = frozenset({
    Kind.OVER_ADMISSION, Kind.ACTIVATED_TWICE, Kind.LOST_COUNT, Kind.LOST_RESERVATION, Kind.LOST_PLAN,
    Kind.MEMBER_REFUSED, Kind.CONTRADICTION, Kind.LEAKED_SLOT, Kind.GROUNDLESS_REFUSAL,
    # Counted by one master, whose answer was lost, and refused when it was repeated at another.
    Kind.UNASKED_MEMBER,
})
# What says of a contact that its count was lost, where counts may be.
SIGNS_OF_LOSS = frozenset({Kind.LOST_COUNT, Kind.ACTIVATED_TWICE, Kind.MEMBER_REFUSED})


@dataclasses.dataclass(frozen=True)
class Violation:
    kind: Kind
    account: str
    period: str
    contact: str
    detail: str

    def __str__(self):
        return f"{self.kind.value}: {self.account} {self.period} {self.contact}: {self.detail}"
