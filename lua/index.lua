-- Enters an account into the index of the accounts that are active in a month.
--
-- KEYS  1 index     set of account ids     hc:accounts:2026-11
-- ARGV  1 account   2 when the index expires, in epoch seconds
-- Reply 1 if the account is new in the index, 0 otherwise
--
-- Example: EVAL … 1 hc:accounts:2026-11 acct_42 1805673600  ->  1

local added = redis.call('SADD', KEYS[1], ARGV[1])
if redis.call('TTL', KEYS[1]) < 0 then redis.call('EXPIREAT', KEYS[1], ARGV[2]) end
return added
