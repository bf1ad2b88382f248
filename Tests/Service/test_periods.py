"""An account whose months begin on another day now than they did: each period is itself under every name and link."""

import pytest

from browser import Visitor


@pytest.fixture
def moved(redis, client, account):
    """The account, the first day of its earlier period, and that of its current one, with a contact in each."""
    assert client.put(f"/v1/accounts/{account}/plan", json={"startDay": 20}).status_code == 200
    current = client.activate(account, "now").json()["period"]
    earlier = current.removesuffix("-20")
    redis.cli("SADD", f"hc:{{{account}}}:{earlier}", "then")
    redis.cli("XADD", f"hc:{{{account}}}:audit", "*", "who", "tests", "from", "startDay=1", "to", "startDay=20",
              "effective", "now")
    return account, f"{earlier}-01", current


def test_the_api_lists_the_contacts_of_the_period_that_was_asked_for(client, moved):
    account, earlier, current = moved
    for period, contacts in [(earlier, ["then"]), (current, ["now"])]:
        page = client.get(f"/v1/accounts/{account}/contacts?period={period}").json()
        assert (page["contacts"], page["period"]) == (contacts, period.removesuffix("-01"))
    assert client.get(f"/v1/accounts/{account}/contacts/then?period={earlier}").json()["activated"] is True


def test_links_of_the_dashboard_lead_to_that_period(service, admin_key, moved):
    account, earlier, current = moved
    visitor = Visitor(service, admin_key)
    page = visitor.get(f"/accounts/{account}").text
    assert f'data-period="{current}"' in page and f"?period={earlier}" in page
    page = visitor.get(f"/accounts/{account}?period={earlier}&contact=then").text
    assert f'name="period" value="{earlier}"' in page
    assert "answer-counted" in page
    members = visitor.get(f"/accounts/{account}/members.json?period={earlier}")
    assert members.json() == ["then"]


def test_a_period_to_come_is_not_said_to_have_ended(service, admin_key, account):
    page = Visitor(service, admin_key).get(f"/accounts/{account}?period=2999-01").text
    assert "Begins" in page and "Ended" not in page
