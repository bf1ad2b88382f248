"""What a client asked and what it was told. All calls of a run together are its history, which the checker reads."""

import dataclasses
import json

# What a call is about.
ACTIVATE, RESERVE, CONFIRM, RELEASE = "activate", "reserve", "confirm", "release"

# Verdicts.
ACTIVATED, MEMBER, REFUSED = "activated", "already_activated", "limit_reached"
RESERVED, RELEASED, NOT_HELD = "reserved", "released", "not_held"

UNAVAILABLE = "/problems/unavailable"


@dataclasses.dataclass
class Call:
    """One request and its answer, or what came instead of one. Times are those of the machine's monotonic clock."""

    what: str
    account: str
    contacts: list
    begun: float
    ended: float
    client: int = 0
    service: int = 0
    # The HTTP status; 0: no answer, and nobody knows what happened.
    status: int = 200
    # The problem's type, or why there is no answer.
    error: str = ""
    # What the body said, where it was not what was expected.
    body: str = ""
    # A refusal's words or headers in an answer that is none.
    speaks_of_limit: bool = False
    verdicts: list = dataclasses.field(default_factory=list)
    tokens: list = dataclasses.field(default_factory=list)
    period: str = ""
    used: int | None = None
    held: int | None = None
    limit: int | None = None
    remaining: int | None = None
    # Of a reservation, in seconds.
    lease: float = 0.0
    # Asked after the load, when nothing is done to Redis any more.
    is_final: bool = False

    @property
    def is_decided(self):
        """Whether there is a verdict for each contact."""
        return self.status == 200 and bool(self.verdicts)

    def token_of(self, contact):
        return self.tokens[self.contacts.index(contact)]


def write(call, file):
    file.write(json.dumps(dataclasses.astuple(call), separators=(",", ":")) + "\n")


def read(path):
    with open(path) as file:
        return [Call(*json.loads(line)) for line in file]
