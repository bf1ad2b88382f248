-- Tells once that a period has begun, to an account that was active in the one before, and how many notices wait.
--
-- KEYS  1 stats, 2 plan, 3 outbox, as in activate.lua; 4 members, 5 stats of the period before
-- ARGV  1, 2, 3     calendar and day, as in activate.lua
--       4, 5        limit and mode of an account that has no plan of its own
--       6           name of the current period   7 when the outbox, 8 when stats expire, in epoch seconds
-- Reply the number of notices in the outbox
-- Error STALE_PERIOD, WRONG_CALENDAR as in activate.lua
--
-- The field `started` of stats says that it was told.
--
-- Example: EVAL … 5 S P O M2 S2 '||||' 1795478400 1795564800 100 hard 2026-12 1800000000 1830000000  ->  1

local stats, plan, outbox = KEYS[1], KEYS[2], KEYS[3]
local time = redis.call('TIME')
local now = tonumber(time[1])
local p = redis.call('HMGET', plan, 'zone', 'startDay', 'nextZone', 'nextStartDay', 'calendarFrom',
    'limit', 'mode', 'nextLimit', 'nextMode', 'planAfter')
local calendar = table.concat({p[1] or '', p[2] or '', p[3] or '', p[4] or '', p[5] or ''}, '|')
if calendar ~= ARGV[1] then return redis.error_reply('WRONG_CALENDAR ' .. calendar) end
if now < tonumber(ARGV[2]) or now >= tonumber(ARGV[3]) then
    return redis.error_reply('STALE_PERIOD ' .. time[1] .. ' ' .. time[2])
end
local limit, mode = p[6], p[7]
if p[10] and p[10] ~= ARGV[6] then limit, mode = p[8], p[9] end

local was_active = redis.call('EXISTS', KEYS[4]) == 1 or redis.call('HLEN', KEYS[5]) > redis.call('HEXISTS', KEYS[5], 'started')
if was_active and redis.call('HSETNX', stats, 'started', time[1]) == 1 then
    redis.call('EXPIREAT', stats, ARGV[8])
    redis.call('XADD', outbox, 'MAXLEN', '~', 1000, '*',
        'event', 'period.started', 'period', ARGV[6], 'limit', limit or ARGV[4], 'mode', mode or ARGV[5])
    redis.call('EXPIREAT', outbox, ARGV[7])
end
return redis.call('XLEN', outbox)
