-- Puts elements into a list of what many processes look after, due at once or a little later.
--
-- KEYS  1 list, as in due.lua
-- ARGV  1 in how many ms those that are not there are due, those that are stay as they are; -1 to have all of them looked at now
--       2 seconds until the list expires, unless something else is put in   3 … elements, 1 to 256
-- Reply how many were not there
--
-- Example: EVAL … 1 hc:due:notices -1 36288000 acct_42  ->  1

local time = redis.call('TIME')
local is_patient, new = ARGV[1] ~= '-1', 0
local due = string.format('%.0f', time[1] * 1000 + math.floor(tonumber(time[2]) / 1000) + (is_patient and ARGV[1] or 0))
for i = 3, #ARGV do
    if not is_patient then
        new = new + redis.call('ZADD', KEYS[1], due, ARGV[i])
    elseif not redis.call('ZSCORE', KEYS[1], ARGV[i]) then
        new = new + redis.call('ZADD', KEYS[1], due, ARGV[i])
    end
end
redis.call('EXPIRE', KEYS[1], ARGV[2])
return new
