-- Puts an element into a list of what many processes look after, due at once.
--
-- KEYS  1 list, as in due.lua
-- ARGV  1 element   2 1 to leave one that is there as it is, 0 to have it looked at sooner   3 seconds until the list
--       expires, unless something else is put in
-- Reply 1 if it was not there, 0 otherwise
--
-- Example: EVAL … 1 hc:due:notices acct_42 0 36288000  ->  1

local time = redis.call('TIME')
local now_ms = string.format('%.0f', time[1] * 1000 + math.floor(tonumber(time[2]) / 1000))
local score = redis.call('ZSCORE', KEYS[1], ARGV[1])
if not score or ARGV[2] == '0' then redis.call('ZADD', KEYS[1], now_ms, ARGV[1]) end
redis.call('EXPIRE', KEYS[1], ARGV[3])
return score and 0 or 1
