"""What is said to be cut off an append-only file is what Redis has forgotten when it is back."""

import pytest
from redis_standalone import Standalone

from aof import cut_off, rewrite

KEY = "hc:{acct}:2026-11"
# As Headcount's scripts do: several writes, which are in the file together or not at all.
SCRIPT = "redis.call('SADD', KEYS[1], ARGV[1], ARGV[2]) redis.call('HINCRBY', KEYS[1] .. ':stats', 'x', 2)"


@pytest.mark.parametrize("size", [1, 60, 1_000])
def test_exactly_what_was_cut_off_is_forgotten(size):
    redis = Standalone("--appendfsync", "always")
    try:
        for number in range(0, 40, 2):
            redis.cli("EVAL", SCRIPT, 1, KEY, number, number + 1)
        redis.kill()
        cut, length = cut_off(redis.directory, size)
        redis.start()
        kept = set(redis.cli("SMEMBERS", KEY).split())
        assert length == size and cut
        assert {contact for _, _, contact in cut} == set(map(str, range(40))) - kept
        assert {(account, period) for account, period, _ in cut} == {("acct", "2026-11")}
        assert int(redis.cli("HGET", f"{KEY}:stats", "x") or 0) == len(kept)

        rewrite(redis)
        redis.cli("EVAL", SCRIPT, 1, KEY, "new", "newer")
        redis.kill()
        redis.start()
        assert set(redis.cli("SMEMBERS", KEY).split()) == kept | {"new", "newer"}, "and not on the next start either"
    finally:
        redis.close()
