-- An account's standing in one period.
--
-- KEYS  1 members, 2 held, 3 refused, 4 plan, as in activate.lua
-- ARGV  1 calendar  the calendar that the caller believes in, as in activate.lua
--       2, 3        the day that the caller believes in, as in activate.lua
--       4, 5, 6     name, limit and mode of the plan of an account that has none of its own
--       7           name of the current period that the caller believes in; the keys may be those of another
-- Reply {used, held, refused contacts (approximate), plan, limit, mode}; plan, limit and mode are today's.
-- Error STALE_PERIOD, WRONG_CALENDAR as in activate.lua
--
-- Example: EVAL … 4 M H R P '||||' 1795478400 1795564800 free 100 hard 2026-11  ->  {2, 0, 1, 'free', 100, 'hard'}

local time = redis.call('TIME')
local now = tonumber(time[1])
local p = redis.call('HMGET', KEYS[4], 'zone', 'startDay', 'nextZone', 'nextStartDay', 'calendarFrom',
    'plan', 'limit', 'mode', 'nextPlan', 'nextLimit', 'nextMode', 'planAfter')
local calendar = table.concat({p[1] or '', p[2] or '', p[3] or '', p[4] or '', p[5] or ''}, '|')
if calendar ~= ARGV[1] then return redis.error_reply('WRONG_CALENDAR ' .. calendar) end
if now < tonumber(ARGV[2]) or now >= tonumber(ARGV[3]) then
    return redis.error_reply('STALE_PERIOD ' .. time[1] .. ' ' .. time[2])
end

local plan, limit, mode = p[6], p[7], p[8]
if p[12] and p[12] ~= ARGV[7] then plan, limit, mode = p[9], p[10], p[11] end
local now_ms = string.format('(%.0f', now * 1000 + math.floor(tonumber(time[2]) / 1000))
return {
    redis.call('SCARD', KEYS[1]), redis.call('ZCOUNT', KEYS[2], now_ms, '+inf'), redis.call('PFCOUNT', KEYS[3]),
    plan or ARGV[4], tonumber(limit or ARGV[5]), mode or ARGV[6],
}
