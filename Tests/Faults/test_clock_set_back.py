"""What is left of a reservation whose lease has ended does no harm when Redis's clock is set back."""

import datetime

from redis_standalone import Standalone
from service import Client, Service, make_key
from shifted_clock import ShiftedClock

LEASE = 30
# In the middle of a month.
NOW = datetime.datetime(2027, 3, 15, tzinfo=datetime.UTC)


def test_a_contact_that_was_activated_after_its_lease_takes_one_slot_only():
    clock = ShiftedClock()
    clock.set(NOW)
    redis = Standalone(environment=clock.environment)
    service = Service(redis.url)
    try:
        with Client(service, make_key(redis)) as client:
            assert client.put("/v1/accounts/acct/plan", json={"limit": 2}).status_code == 200
            asked = {"contact": "ann", "by": "campaign:spring", "lease": LEASE}
            assert client.post("/v1/accounts/acct/reservations", json=asked).json()["verdict"] == "reserved"
            clock.set(NOW + datetime.timedelta(seconds=LEASE + 5))
            assert client.activate("acct", "ann").json()["verdict"] == "activated"
            clock.set(NOW)
            usage = client.get("/v1/accounts/acct/usage").json()
            assert (usage["used"], usage["held"]) == (1, 0)
            assert client.activate("acct", "bob").json()["verdict"] == "activated"
    finally:
        service.close()
        redis.close()
        clock.close()
