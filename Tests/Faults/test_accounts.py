"""The load finds accounts of all kinds at any time."""

import pytest

from accounts import LIMITS, Chooser, conveyor, shard_of


@pytest.mark.parametrize("elapsed", [0.0, 1.0, 7.9])
def test_at_any_time_accounts_are_open_that_are_asked_about_most(elapsed):
    accounts = conveyor(8.0)
    chooser = Chooser(accounts, seed=1)
    asked = [chooser.account(elapsed) for _ in range(2_000)]
    still_open = [account for account in asked if account.opens <= elapsed < account.closes]
    assert len({account.name for account in still_open}) >= 6
    assert len(still_open) > 1_500
    assert all(account.opens <= elapsed for account in asked)


def test_there_are_more_contacts_than_may_be_activated():
    for account in conveyor(3.0):
        assert account.limit in LIMITS
        assert len(set(account.contacts)) > account.limit and len(set(account.newcomers)) > account.limit
        assert not set(account.contacts) & set(account.newcomers)


def test_clients_race_for_the_same_contacts():
    account = conveyor(3.0)[4]
    choosers = [Chooser([account], seed) for seed in range(40)]
    chosen = [chooser.contact(account, 1.234) for chooser in choosers]
    assert max(chosen.count(contact) for contact in chosen) >= 10


def test_accounts_are_of_each_shard_in_turn():
    shards = [shard_of(account.name, 3) for account in conveyor(8.0, shards=3)]
    assert shards == [number % 3 for number in range(len(shards))]
