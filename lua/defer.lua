-- Puts an element of a list of what many processes look after off, or takes it out, unless somebody hurried it and nobody
-- has looked since.
--
-- KEYS  1 list, as in due.lua
-- ARGV  1 element   2 by how much, in ms; -1 to take it out
-- Reply 1 if it was put off or taken out, 0 if it is due or not there
--
-- Example: EVAL … 1 hc:due:campaigns 'acct_42 spring' 500  ->  1

local time = redis.call('TIME')
local now_ms = time[1] * 1000 + math.floor(tonumber(time[2]) / 1000)
local score = tonumber(redis.call('ZSCORE', KEYS[1], ARGV[1]) or 0)
if score <= now_ms then return 0 end
if ARGV[2] == '-1' then return redis.call('ZREM', KEYS[1], ARGV[1]) end
redis.call('ZADD', KEYS[1], string.format('%.0f', now_ms + ARGV[2]), ARGV[1])
return 1
