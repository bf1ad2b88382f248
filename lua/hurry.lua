-- Puts elements into a list of what many processes look after, due at once.
--
-- KEYS  1 list, as in due.lua
-- ARGV  1 1 to leave those that are there as they are, 0 to have them looked at sooner   2 seconds until the list
--       expires, unless something else is put in   3 … elements, 1 to 256
-- Reply how many were not there
--
-- Example: EVAL … 1 hc:due:notices 0 36288000 acct_42  ->  1

local time = redis.call('TIME')
local now_ms = string.format('%.0f', time[1] * 1000 + math.floor(tonumber(time[2]) / 1000))
local is_patient, new = ARGV[1] == '1', 0
for i = 3, #ARGV do
    if not is_patient then
        new = new + redis.call('ZADD', KEYS[1], now_ms, ARGV[i])
    elseif not redis.call('ZSCORE', KEYS[1], ARGV[i]) then
        new = new + redis.call('ZADD', KEYS[1], now_ms, ARGV[i])
    end
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return new
