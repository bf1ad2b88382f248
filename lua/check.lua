-- Which of 1 to 512 contacts are activated in a period.
--
-- KEYS  1 members, 2 plan, as in activate.lua
-- ARGV  1 calendar, 2, 3 the day that the caller believes in, as in activate.lua
--       4 …         contacts; the keys may be those of another period than the current one
-- Reply one 0 or 1 for each contact, in order
-- Error STALE_PERIOD, WRONG_CALENDAR as in activate.lua
--
-- Example: EVAL … 2 M P '||||' 1795478400 1795564800 ann eve  ->  {1, 0}

local time = redis.call('TIME')
local now = tonumber(time[1])
local p = redis.call('HMGET', KEYS[2], 'zone', 'startDay', 'nextZone', 'nextStartDay', 'calendarFrom')
local calendar = table.concat({p[1] or '', p[2] or '', p[3] or '', p[4] or '', p[5] or ''}, '|')
if calendar ~= ARGV[1] then return redis.error_reply('WRONG_CALENDAR ' .. calendar) end
if now < tonumber(ARGV[2]) or now >= tonumber(ARGV[3]) then
    return redis.error_reply('STALE_PERIOD ' .. time[1] .. ' ' .. time[2])
end
return redis.call('SMISMEMBER', KEYS[1], unpack(ARGV, 4))
